import {
  type AttachedCapability,
  type AttachedTo,
  attachedCapability,
  type DesignatedCapability,
  demandCapability,
} from '@writ/http'
import type { Context } from 'hono'
import type { Input } from 'hono/types'

// biome-ignore lint/suspicious/noExplicitAny: only the mark of a guard matters here
type Marked<I extends Input> = Context<any, any, I>

/**
 * The capability that the guard of this request attached. In report mode its `enforced` is `false`, and a request
 * without a valid token has one of nobody for nothing.
 *
 * In a handler that is written behind its guard, as below, the labels that the guard demands are `string` in
 * `designations`. Elsewhere name the labels that you read, and they are checked: `capability(c, ['tenantId'])`.
 *
 * @param labels - Labels that the capability must bind. Default: none.
 * @throws `Error` naming the route if there is none: no guard stands before the handler, or the guard lets requests
 * without a capability pass. Also if it does not bind each of `labels`.
 *
 * @example
 * ```ts
 * import { capability, writ } from '@writ/hono'
 * import { Hono } from 'hono'
 *
 * const guard = writ({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'service:gateway' })
 * const app = new Hono().get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (c) => {
 *   const { subject, designations } = capability(c)
 *   return c.json({ subject, tenant: designations.tenantId.toUpperCase() })
 * })
 * ```
 */
export function capability<I extends Input>(c: Marked<I>): AttachedTo<I>
export function capability<const Label extends string = never>(
  c: Context,
  labels: readonly Label[],
): DesignatedCapability<Label>
export function capability(c: Context, labels?: readonly string[]): AttachedCapability {
  return demandCapability(c, `${c.req.method} ${routePathOf(c)}`, labels)
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
export function optionalCapability<I extends Input>(c: Marked<I>): AttachedTo<I> | undefined
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
