import { Readable } from 'node:stream'
import cors from '@fastify/cors'
import { mergeRequirements, type RequirementDefaults } from '@writ/http'
import {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  ORIGIN,
  type RouteDescription,
  type SlowPaths,
} from '@writ/testing'
import fastify, { type FastifyInstance } from 'fastify'
import { type RouteCapability, type WritOptions, writ } from '../src/index.ts'

/** Where the guard is registered: before the routes, or when all of them are declared. */
export type Registration = 'first' | 'last'

const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'then']

/** The adapter, as the conformance suite wants it. */
export function fastifyTarget(registration: Registration): ConformanceTarget {
  return {
    name: `Fastify 5, registered ${registration}`,
    skip: {
      'several guards on one request must all pass': 'a route of Fastify has one config, and so one guard',
      'of several guards the handler gets what the last one proved':
        'a route of Fastify has one config, and so one guard',
      'several guards on one request are one use': 'a route of Fastify has one config, and so one guard',
      ...Object.fromEntries(
        NAMES.map((name) => [
          `a param ${name} that a route does not have is a fault of the route`,
          'the app does not start: see check-routes.test.ts',
        ]),
      ),
    },
    async mount(description) {
      const app = build(description, registration)
      return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() }
    },
  }
}

function build(
  { options, cors: allow, json, routes, mounts, slow = {}, onError }: AppDescription,
  registration: Registration,
) {
  const { beforeGuard, beforeSend } = slow
  const app = fastify({ http: { maxHeaderSize: 65_536 } })
  if (beforeGuard) app.addHook('onRequest', async () => beforeGuard())
  if (beforeSend) {
    app.addHook('onSend', async (_request, _reply, payload) => {
      await beforeSend()
      return payload
    })
  }
  if (allow) void app.register(cors, { origin: ORIGIN })
  // A body of no type, which the suite may send without a byte in it, is nobody's.
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume().on('end', () => done(null))
  })
  // Fastify refuses an empty body, and one with `__proto__`, by itself; here both are for the guard to judge.
  if (json) {
    const parse = app.getDefaultJsonParser('ignore', 'ignore')
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
      if (body === '') done(null, undefined)
      else void parse(request, body, done)
    })
  }
  if (onError) {
    app.setErrorHandler((error, _request, reply) => {
      const { status, headers, body } = onError(error)
      return reply.code(status).headers(headers).send(body)
    })
  }
  if (registration === 'first') app.register(writ, options as WritOptions)
  for (const route of routes) addRoute(app, route, slow)
  for (const mount of mounts) {
    app.register(
      async (mounted) => {
        for (const route of mount.routes) addRoute(mounted, route, slow)
      },
      { prefix: mount.path },
    )
  }
  if (registration === 'last') app.register(writ, options as WritOptions)
  return app
}

function addRoute(app: FastifyInstance, route: RouteDescription, { beforeHandler }: SlowPaths): void {
  app.route({
    method: route.method,
    url: route.path,
    config: { capability: capabilityOf(route.guards[0] ?? 'public') },
    ...(beforeHandler && { preHandler: async () => beforeHandler() }),
    async handler(request, reply) {
      const attached = route.accessor === 'capability' ? request.capability : request.optionalCapability
      const answer = await route.handle({ capability: attached, params: request.params as Record<string, unknown> })
      reply.headers(route.headers ?? {})
      return route.streamed ? reply.type('text/plain').send(Readable.from(answer as AsyncIterable<string>)) : answer
    },
  })
}

function capabilityOf(described: ConformanceGuard): RouteCapability {
  if (described === 'public') return described
  const { defaults = [], requirement } = described
  const merge = (one: RequirementDefaults) => mergeRequirements(...defaults, one)
  return (
    Array.isArray(requirement) ? requirement.map(merge) : merge(requirement as RequirementDefaults)
  ) as RouteCapability
}
