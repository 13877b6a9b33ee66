import fastify, { type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import { expectTypeOf, test } from 'vitest'
import {
  type AttachedCapability,
  type GuardDescription,
  mergeRequirements,
  type Requirement,
  type RouteCapability,
  requirementOf,
  type WritOptions,
  writ,
} from '../src/index.ts'

declare const options: WritOptions
const app = fastify()

test('the plugin takes the options of a verifier and of a guard', () => {
  app.register(writ, options)
  app.register(import('../src/index.ts'), options)
  expectTypeOf(writ).toExtend<FastifyPluginAsync<WritOptions>>()
  // @ts-expect-error: keys are required
  app.register(writ, { anchor: 'service:inventory' })
  // @ts-expect-error: no such option
  app.register(writ, { ...options, denyByDefalt: true })
  // @ts-expect-error: a function that returns a promise is not one that says yes
  app.register(writ, { ...options, public: [async () => true] })
})

test('a route keeps the types of its params, body and answer', () => {
  app.get<{ Params: { tenantId: string } }>(
    '/:tenantId',
    { config: { capability: { resource: 'stock', designate: ['tenantId'] } } },
    async (request) => {
      expectTypeOf(request.params).toEqualTypeOf<{ tenantId: string }>()
      // @ts-expect-error: the route has no such param
      request.params.tenant
      expectTypeOf(request.capability).toEqualTypeOf<AttachedCapability>()
      expectTypeOf(request.optionalCapability).toEqualTypeOf<AttachedCapability | undefined>()
      // @ts-expect-error: only the guard attaches one
      request.capability = {} as AttachedCapability
    },
  )
})

test('the config of a route is typed', () => {
  app.get('/a', { config: { capability: 'public' } }, async () => {})
  app.get(
    '/b',
    { config: { capability: [{ resource: 'stock' }, { resource: 'audit', subject: 'bob' }] } },
    async () => {},
  )
  // @ts-expect-error: no such word
  app.get('/c', { config: { capability: 'open' } }, async () => {})
  // @ts-expect-error: a requirement names its resource
  app.get('/d', { config: { capability: { designate: ['tenantId'] } } }, async () => {})
  // @ts-expect-error: a body designation names a string
  app.get('/f', { config: { capability: { resource: 'stock', designate: { a: { body: 1 } } } } }, async () => {})
})

test('a requirement of its own is checked for keys that there are not', () => {
  // @ts-expect-error: no such key; in a route Fastify's own types hide it, and the start finds it
  const capability: RouteCapability = { resource: 'stock', designates: ['tenantId'] }
  expectTypeOf(capability).toExtend<RouteCapability>()
})

test('a designate function gets the request of Fastify', () => {
  app.get(
    '/g',
    {
      config: {
        capability: {
          resource: 'stock',
          designate: {
            tenantId: (view, request) => {
              expectTypeOf(view.params).toEqualTypeOf<Readonly<Record<string, string | undefined>>>()
              expectTypeOf(request).toEqualTypeOf<FastifyRequest>()
              return request.hostname
            },
          },
        },
      },
    },
    async () => {},
  )
})

test('a requirement of parts is one if the first names the resource', () => {
  const merged = mergeRequirements({ resource: 'stock' }, { designate: ['sku'] })
  expectTypeOf(merged).toExtend<Requirement>()
  expectTypeOf(merged).toExtend<RouteCapability>()
  // @ts-expect-error: no part names a resource
  const capability: RouteCapability = mergeRequirements({ designate: ['tenantId'] }, { designate: ['sku'] })
  expectTypeOf(capability).toExtend<RouteCapability>()
})

test('requirementOf takes whatever has the config of a route', () => {
  app.addHook('onRoute', (route) => {
    expectTypeOf(requirementOf(route)).toEqualTypeOf<GuardDescription | undefined>()
  })
  app.get('/h', async (request) => requirementOf(request.routeOptions))
  // @ts-expect-error: a handler has none
  requirementOf({ config: 1 })
})
