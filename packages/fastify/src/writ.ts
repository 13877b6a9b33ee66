import {
  type AttachedCapability,
  attachedCapability,
  createGuardEngine,
  demandCapability,
  type HttpGuardOptions,
} from '@writ/http'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { routeOf } from './capability.ts'
import { guardRequests } from './internal/guard-requests.ts'
import { viewForHooks } from './internal/request-view.ts'
import type { RouteCapability } from './requirement-of.ts'
import { checkRoutes } from './startup/check-routes.ts'
import type { RouteConfig } from './startup/list-routes.ts'
import type { PublicRoutes } from './startup/public-routes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route demands: a requirement, an array of which one must be met, or `'public'`. */
    capability?: RouteCapability | undefined
  }

  interface FastifyRequest {
    /**
     * The capability that the guard attached; throws an `Error` naming the route if there is none. In report mode its
     * `enforced` is `false`, and a request without a valid token has one of nobody for nothing.
     */
    readonly capability: AttachedCapability
    /** The capability that the guard attached, or `undefined` if none was proven: on public and optional routes, and in report mode. */
    readonly optionalCapability: AttachedCapability | undefined
  }
}

/** The options of a verifier, of a guard and of the plugin, in one flat object. */
export type WritOptions = HttpGuardOptions<FastifyRequest> & {
  /** Refuse to start, and answer 500, if a route declares no capability and is not public. Default `true`. */
  readonly denyByDefault?: boolean | undefined
  /**
   * Public routes of other plugins, which do not declare it: an exact URL pattern with its prefix, an expression that the
   * pattern matches, or a function that returns `true`. Default: none.
   */
  readonly public?: PublicRoutes | undefined
}

const plugin: FastifyPluginAsync<WritOptions> = async (fastify, options) => {
  const { denyByDefault, public: publicRoutes, ...others } = options
  const engine = createGuardEngine<FastifyRequest>({ ...others, onDecision: withoutWaiting(others.onDecision) })
  const isOpen = checkRoutes(fastify, { denyByDefault, public: publicRoutes }, engine.check)
  guardRequests(fastify, engine, ({ routeOptions }) => isOpen(routeOptions.config as RouteConfig))

  fastify.decorateRequest('capability', {
    getter(this: FastifyRequest) {
      return demandCapability(this, routeOf(this))
    },
  })
  fastify.decorateRequest('optionalCapability', {
    getter(this: FastifyRequest) {
      return attachedCapability(this)
    },
  })
}

/** The hook, called with a view of which it can read all without waiting for the body. */
function withoutWaiting(onDecision: WritOptions['onDecision']): WritOptions['onDecision'] {
  // What is not a function goes on as it is, to be named by the error for wrong options.
  if (typeof onDecision !== 'function') return onDecision
  return (decision, { request, native }) => onDecision(decision, { request: viewForHooks(request, native), native })
}

/**
 * Guards the routes of a Fastify app (5), or of the plugin that it is registered in, whenever they are declared: before
 * or after.
 *
 * A request that meets its route's `config.capability` goes on, with `request.capability`. Any other is answered, past
 * every hook, and goes no further: 401 without a Bearer credential, 403 when a check fails, 503 when the decision could
 * not be made. With `refuse: 'error'` a `RefusalError` goes to the app's error handler instead.
 *
 * The process warning `WRIT_UNGUARDED_UPGRADES` names `upgrade` listeners of the server that nothing guards.
 *
 * @throws `TypeError` from `ready` and `listen`, naming the option that is missing, unknown or wrong; or every route that
 * declares no capability, or one that can never be met.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { writ } from '@writ/fastify'
 * import fastify from 'fastify'
 *
 * const { publicKey } = await generateKeyPair()
 * const app = fastify()
 * await app.register(writ, { keys: publicKey, anchor: 'service:inventory' })
 * app.get<{ Params: { tenantId: string; sku: string } }>(
 *   '/:tenantId/stock/:sku',
 *   { config: { capability: { resource: 'stock', designate: ['tenantId', 'sku'] } } },
 *   async (request) => ({ sku: request.params.sku, readBy: request.capability.subject }),
 * )
 * ```
 */
export const writ: FastifyPluginAsync<WritOptions> = fp(plugin, { name: '@writ/fastify', fastify: '5.x' })
