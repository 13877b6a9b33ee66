import type { IncomingMessage } from 'node:http'
import {
  type AttachedCapability,
  type AttachedTo,
  attachedCapability,
  type DesignatedCapability,
  demandCapability,
} from '@writ/http'
import type { Request } from 'express'

// biome-ignore lint/suspicious/noExplicitAny: as Express has it
type AnyLocals = Record<string, any>
// biome-ignore lint/suspicious/noExplicitAny: only the mark of a guard matters here
type Marked<Locals extends AnyLocals> = Request<any, any, any, any, Locals>

/**
 * The capability that the guard of this request attached. In report mode its `enforced` is `false`, and a request
 * without a valid token has one of nobody for nothing.
 *
 * In a handler that is written behind its guard, as below, the labels that the guard demands are `string` in
 * `designations`. Elsewhere name the labels that you read, and they are checked: `capability(req, ['tenantId'])`.
 *
 * @param labels - Labels that the capability must bind. Default: none.
 * @throws `Error` naming the route if there is none: no guard stands before the handler, or the guard lets requests
 * without a capability pass. Also if it does not bind each of `labels`.
 *
 * @example
 * ```ts
 * import { capability, writ } from '@writ/express'
 * import express from 'express'
 *
 * const guard = writ({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'service:billing' })
 * const app = express()
 * app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (req, res) => {
 *   const { subject, designations } = capability(req)
 *   res.json({ subject, tenant: designations.tenantId.toUpperCase() })
 * })
 * ```
 */
export function capability<Locals extends AnyLocals>(req: Marked<Locals>): AttachedTo<Locals>
export function capability<const Label extends string = never>(
  req: IncomingMessage,
  labels?: readonly Label[],
): DesignatedCapability<Label>
export function capability(req: IncomingMessage, labels?: readonly string[]): AttachedCapability {
  const { method, route } = req as Request
  // The pattern of the route, since callers choose the path and could write anything into a log.
  return demandCapability(req, `${method} ${route ? String(route.path) : '(no route)'}`, labels)
}

/**
 * The capability that the guard of this request attached, or `undefined` if none was proven: on public
 * and optional routes, and in report mode.
 *
 * @example
 * ```ts
 * import { optionalCapability } from '@writ/express'
 * import type { Request, Response } from 'express'
 *
 * export function greet(req: Request, res: Response) {
 *   res.send(`hello ${optionalCapability(req)?.subject ?? 'stranger'}`)
 * }
 * ```
 */
export function optionalCapability<Locals extends AnyLocals>(req: Marked<Locals>): AttachedTo<Locals> | undefined
export function optionalCapability(req: IncomingMessage): AttachedCapability | undefined
export function optionalCapability(req: IncomingMessage): AttachedCapability | undefined {
  return attachedCapability(req)
}
