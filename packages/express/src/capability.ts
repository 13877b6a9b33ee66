import type { IncomingMessage } from 'node:http'
import { type AttachedCapability, attachedCapability, demandCapability } from '@writ/http'
import type { Request } from 'express'

/**
 * The capability that the guard of this request attached. In report mode its `enforced` is `false`, and a request
 * without a valid token has one of nobody for nothing.
 *
 * @throws `Error` naming the route if there is none: no guard stands before the handler, or the guard lets requests
 * without a capability pass.
 *
 * @example
 * ```ts
 * import { capability } from '@writ/express'
 * import type { Request, Response } from 'express'
 *
 * export function whoAmI(req: Request, res: Response) {
 *   const { subject, designations } = capability(req)
 *   res.json({ subject, tenant: designations['tenantId'] })
 * }
 * ```
 */
export function capability(req: IncomingMessage): AttachedCapability {
  const { method, route } = req as Request
  // The pattern of the route, since callers choose the path and could write anything into a log.
  return demandCapability(req, `${method} ${route ? String(route.path) : '(no route)'}`)
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
export function optionalCapability(req: IncomingMessage): AttachedCapability | undefined {
  return attachedCapability(req)
}
