import {
  attachCapability,
  buildGuard,
  createGuard,
  type Guard,
  type HttpGuardOptions,
  nodeRequestView,
  type Refusal,
  RefusalError,
} from '@writ/http'
import type { NextFunction, Request, Response } from 'express'

/** The options of a verifier and of a guard, in one flat object. */
export type WritOptions = HttpGuardOptions<Request>

/** A guard as a route handler; generic over the route, so that the next handler's `req.params` keeps its names. */
export type GuardHandler = <P, B, Q>(
  // biome-ignore lint/suspicious/noExplicitAny: what the route's handlers send is theirs
  req: Request<P, any, B, Q>,
  res: Response,
  next: NextFunction,
) => void

/** `guard(requirement)`, `guard([a, b])`, `guard.with(defaults)` and `guard.public()`. */
export type ExpressGuard = Guard<Request, GuardHandler>

/**
 * Creates the guard of an Express app (5 or 4). Building it does no I/O.
 *
 * A request that meets the requirement goes on to the next handler, with its capability attached (`capability(req)`). Any other is
 * answered: 401 without a Bearer credential, 403 when a check fails, 503 when the decision could not be made. With
 * `refuse: 'next'` or `'throw'` a `RefusalError` goes to the app's error handlers instead.
 *
 * @param options - Those of a verifier (`keys`, `anchor`, `revocation`, ...) and of a guard (`realm`, `mode`, `onDecision`, ...).
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { assertGuarded, capability, writ } from '@writ/express'
 * import express from 'express'
 *
 * const { publicKey } = await generateKeyPair()
 * const app = express()
 * const guard = writ({ keys: publicKey, anchor: 'service:billing' })
 * const invoices = guard.with({ resource: 'invoices', designate: ['tenantId'] })
 * app.get('/:tenantId/invoices/:invoiceId', invoices({ designate: ['invoiceId'] }), (req, res) => {
 *   res.json({ id: req.params.invoiceId, readBy: capability(req).subject })
 * })
 * assertGuarded(app)
 * ```
 */
export function writ(options: WritOptions): ExpressGuard {
  const engine = createGuard<Request>(options)
  return buildGuard<Request, GuardHandler>(engine, (check) => (req, res, next) => {
    const native = req as unknown as Request
    check(nodeRequestView(native, native), native)
      .then((outcome) => {
        if (outcome.allowed) {
          attachCapability(req, outcome.capability)
          next()
        } else if (engine.refuse === 'answer') answer(res, outcome.refusal)
        else next(new RefusalError(outcome.refusal))
      })
      // Nothing above is known to throw; if it does, the app's error handling answers, and no rejection is left alone.
      .catch(next)
  })
}

/** By `end`: `send` would add an ETag to what must not be stored. */
function answer(res: Response, { status, headers, body }: Refusal): void {
  // Something else, a timeout say, may have answered while the guard was deciding.
  if (res.headersSent) return
  res.statusCode = status
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.end(body)
}
