import type { VerifiedCapability } from '@writ/core/verify'
import { attachedCapability, demandCapability } from '@writ/http'
import type { Context } from 'hono'

/**
 * The capability that the guard of this request attached.
 *
 * @throws `Error` naming the route when there is none: no guard stands before it, or one that lets requests without a capability pass.
 *
 * @example
 * ```ts
 * import { capability } from '@writ/hono'
 * import type { Context } from 'hono'
 *
 * export function whoAmI(c: Context) {
 *   const { subject, designations } = capability(c)
 *   return c.json({ subject, tenant: designations['tenantId'] })
 * }
 * ```
 */
export function capability(c: Context): VerifiedCapability {
  return attachedCapability(c) ?? demandCapability(c, `${c.req.method} ${routePathOf(c)}`)
}

/**
 * The capability that the guard of this request attached, or `undefined`: on public and optional routes, and in report mode.
 *
 * @example
 * ```ts
 * import { optionalCapability } from '@writ/hono'
 * import type { Context } from 'hono'
 *
 * export function greet(c: Context) {
 *   return c.text(`hello ${optionalCapability(c)?.subject ?? 'stranger'}`)
 * }
 * ```
 */
export function optionalCapability(c: Context): VerifiedCapability | undefined {
  return attachedCapability(c)
}

/**
 * The pattern of the route: the path is the caller's, and might be anything in a log. By the request, although that is deprecated:
 * the helper of `hono/route` knows nothing of requests of the other build of Hono, which a service gets by `require`.
 */
function routePathOf({ req }: Context): string {
  return req.matchedRoutes[req.routeIndex]?.path ?? '(no route)'
}
