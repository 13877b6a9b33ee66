import { type AttachedCapability, attachedCapability, demandCapability } from '@writ/http'
import type { Context } from 'hono'

/**
 * The capability that the guard of this request attached. In report mode its `enforced` is `false`, and a request
 * without a valid token has one of nobody for nothing.
 *
 * @throws `Error` naming the route if there is none: no guard stands before the handler, or the guard lets requests
 * without a capability pass.
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
export function capability(c: Context): AttachedCapability {
  return attachedCapability(c) ?? demandCapability(c, `${c.req.method} ${routePathOf(c)}`)
}

/**
 * The capability that the guard of this request attached, or `undefined` if none was proven: on public
 * and optional routes, and in report mode.
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
export function optionalCapability(c: Context): AttachedCapability | undefined {
  return attachedCapability(c)
}

/**
 * The pattern of the route, since callers choose the path and could write anything into a log. It is read from the
 * request, although that is deprecated: the helper of `hono/route` does not know requests of the CommonJS build of Hono.
 */
function routePathOf({ req }: Context): string {
  return req.matchedRoutes[req.routeIndex]?.path ?? '(no route)'
}
