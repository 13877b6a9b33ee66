import fastify, { type FastifyRequest } from 'fastify'
import { expectTypeOf, test } from 'vitest'
import { type AttachedCapability, capability, type DesignatedCapability, requires } from '../src/index.ts'

const app = fastify()

test('the handler of a route reads the labels that the route demands as texts', () => {
  app.get(
    '/:tenantId/stock/:sku',
    { config: { capability: requires({ resource: 'stock', designate: ['tenantId', 'sku'] }) } },
    async (request) => {
      const { designations, subject } = capability(request)
      expectTypeOf(designations.tenantId).toEqualTypeOf<string>()
      expectTypeOf(designations['userId']).toEqualTypeOf<string | undefined>()
      // @ts-expect-error: the route demands no such label
      designations.userId.trim()
      return subject
    },
  )
  const region = (_view: unknown, request: FastifyRequest) => request.hostname
  app.route({
    method: 'POST',
    url: '/stock',
    config: { capability: requires({ resource: 'stock', designate: { tenantId: { query: 'tenant' }, region } }) },
    handler: async (request) => {
      expectTypeOf(capability(request).designations.region).toEqualTypeOf<string>()
    },
  })
})

test('a function within requires gets the request of Fastify', () => {
  const demands = requires({ resource: 'stock', designate: { region: (_view, request) => request.hostname } })
  app.get('/a', { config: { capability: demands } }, async (request) => {
    expectTypeOf(capability(request).designations.region).toEqualTypeOf<string>()
  })
})

test('labels that a token may leave unbound may be missing', () => {
  const loose = requires({ resource: 'stock', designate: ['tenantId'], allowUndesignated: true })
  app.get('/b/:tenantId', { config: { capability: loose } }, async (request) => {
    expectTypeOf(capability(request).designations.tenantId).toEqualTypeOf<string | undefined>()
    // @ts-expect-error: a token that names no tenant passes
    capability(request).designations.tenantId.trim()
  })
})

test('where Fastify does not infer the config, a handler names the labels, which are then checked', () => {
  app.get<{ Params: { tenantId: string } }>(
    '/c/:tenantId',
    { config: { capability: requires({ resource: 'stock', designate: ['tenantId'] }) } },
    async (request) => {
      expectTypeOf(capability(request)).toEqualTypeOf<AttachedCapability>()
      expectTypeOf(request.params.tenantId).toEqualTypeOf<string>()
      expectTypeOf(capability(request, ['tenantId'])).toEqualTypeOf<DesignatedCapability<'tenantId'>>()
      // @ts-expect-error: not named
      capability(request, ['tenantId']).designations.sku.trim()
    },
  )
  app.get(
    '/d/:tenantId',
    { config: { capability: { resource: 'stock', designate: ['tenantId'] } } },
    async (request) => {
      // @ts-expect-error: without `requires` the labels are any texts
      capability(request).designations.tenantId.trim()
    },
  )
  const read = (request: FastifyRequest) => capability(request, ['tenantId']).designations.tenantId.trim()
  app.get('/e/:tenantId', { config: { capability: 'public' } }, async (request) => read(request))
})

test('of several requirements no label is certain', () => {
  const either = [requires({ resource: 'stock', designate: ['tenantId'] }), requires({ resource: 'audit' })]
  app.get('/f/:tenantId', { config: { capability: either } }, async (request) => {
    expectTypeOf(capability(request)).toEqualTypeOf<AttachedCapability>()
  })
})

test('requires finds keys that there are not', () => {
  // @ts-expect-error: a misspelt key
  requires({ resource: 'stock', designates: ['tenantId'] })
  // @ts-expect-error: no resource
  requires({ designate: ['tenantId'] })
})
