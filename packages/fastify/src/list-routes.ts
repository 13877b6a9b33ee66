import { type ListedRoute, listedRoute } from '@writ/http'
import type { FastifyInstance } from 'fastify'
import { requirementOf } from './requirement-of.ts'
import { openRoutes } from './startup/check-routes.ts'
import { routesOfRouter } from './startup/list-routes.ts'

/**
 * Lists the routes of an app that is ready, with what stands before each: what a security review prints. A route that declares
 * nothing is `public` if the guard of its plugin leaves it open, and `unguarded` if no guard holds it.
 *
 * @param app - After `await app.ready()`.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { listRoutes, writ } from '@writ/fastify'
 * import fastify from 'fastify'
 *
 * const app = fastify()
 * await app.register(writ, { keys: (await generateKeyPair()).publicKey, anchor: 'service:files' })
 * app.get('/healthz', { config: { capability: 'public' } }, async () => 'ok')
 * await app.ready()
 * console.log(listRoutes(app)[0]) // { method: 'GET', path: '/healthz', guard: 'public' }
 * ```
 */
export function listRoutes(app: FastifyInstance): readonly ListedRoute[] {
  // The router keeps a route at the root of a prefix twice, for a slash at its end, and both say the same.
  const known = new Map<string, unknown>()
  const once = routesOfRouter(app).filter(({ method, config: { url, capability } }) => {
    const key = `${method} ${url}`
    const isNew = !known.has(key) || known.get(key) !== capability
    known.set(key, capability)
    return isNew
  })
  const rows = once.map(({ method, config }) => {
    const declared = requirementOf({ config }) ?? (openRoutes.has(config) ? 'public' : undefined)
    return listedRoute(method, config.url, declared === undefined ? [] : [declared])
  })
  return Object.freeze(rows)
}
