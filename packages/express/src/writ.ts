import type { IncomingMessage } from 'node:http'
import type { Schema, SchemaDefinition } from '@writ/core/verify'
import {
  type Attaches,
  attachCapability,
  bindGuard,
  createGuardEngine,
  type GuardOf,
  type GuardOutcome,
  type HandlerKind,
  type HttpGuardOptions,
  nodeRequestView,
  type Refusal,
  RefusalError,
  type RequestView,
  requirementOf,
} from '@writ/http'
import type { NextFunction, Request, Response } from 'express'
import { NOTHING, pinDecision, sameTarget, type Target, targetOf } from './internal/pin-decision.ts'

/** The options of a verifier and of a guard, in one flat object. */
export type WritOptions = HttpGuardOptions<Request>

// biome-ignore lint/suspicious/noExplicitAny: as Express has it; a guard fits routes of any response type and locals
type Answer<Locals extends Record<string, any>> = Response<any, Locals>

/**
 * A guard as a route handler. Its type marks `res.locals` of the route with the capability that it attaches, for `capability(req)`
 * in the handlers that follow, and leaves the types of params, query and body to the route.
 */
export type GuardHandler<Capability = unknown> = (
  req: IncomingMessage,
  // The second type is what the guard needs. The first is there to be inferred from.
  // biome-ignore lint/suspicious/noExplicitAny: these are the locals of a route that does not say what they are
  res: Answer<Record<string, any> & Attaches<Capability>> | Answer<Record<string, any>>,
  next: NextFunction,
) => void

/** The handlers that an {@link ExpressGuard} returns, by the capability that they attach. */
export interface ExpressHandlers extends HandlerKind {
  readonly handler: GuardHandler<this['attaches']>
}

/** `guard(requirement)`, `guard([a, b])`, `guard.with(defaults)` and `guard.public()`. A `Definition` of a schema types the names. */
export type ExpressGuard<Mode = 'enforce', Definition extends SchemaDefinition = SchemaDefinition> = GuardOf<
  Request,
  ExpressHandlers,
  Mode,
  Definition
>

/**
 * Creates the guard of an Express app (5 or 4). Building it does no I/O.
 *
 * A request that meets the requirement goes on to the next handler, with its capability attached (`capability(req)`). Any
 * other is answered: 401 without a Bearer credential, 403 when a check fails, 503 when the decision could not be made.
 * With `refuse: 'error'` a `RefusalError` goes to the app's error handlers instead. In `use()`, a guard holds the request
 * to the method and URL that it decided about: changed later, as by `method-override`, it enters no route
 * (`RefusalError`, 500, `unguarded`).
 *
 * @param options - Those of a verifier (`keys`, `anchor`, `revocation`, ...) and of a guard (`realm`, `mode`,
 * `onDecision`, ...).
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
export function writ<
  const Mode extends 'enforce' | 'report' = 'enforce',
  Definition extends SchemaDefinition = SchemaDefinition,
>(
  options: WritOptions & { readonly mode?: Mode | undefined; readonly schema?: Schema<Definition> | undefined },
): ExpressGuard<Mode, Definition> {
  const engine = createGuardEngine<Request>(options)
  return bindGuard<Request, GuardHandler, GuardOutcome>({ decide: engine.decideSoon, check: engine.check }, (check) => {
    const handler: GuardHandler = (req, res, next) => {
      const native = req as Request
      try {
        const pin = options.mode !== 'report' && isMounted(handler, native, next) ? targetOf(native) : undefined
        const outcome = check(viewOf(native), native)
        if (outcome instanceof Promise) outcome.then((later) => goOn(later, native, res, next, pin)).catch(fail)
        else goOn(outcome, native, res, next, pin)
      } catch (cause) {
        fail(cause)
      }

      // If anything throws, the app's error handlers answer. `next(undefined)` would let the request pass.
      function fail(cause: unknown): void {
        next(cause instanceof Error ? cause : new Error('the guard failed', { cause }))
      }
    }

    function goOn(
      outcome: GuardOutcome,
      req: Request,
      res: Response,
      next: NextFunction,
      pin: Target | undefined,
    ): void {
      // Other code, such as a timeout, has answered while the guard was deciding, or the client has gone.
      if (res.headersSent || res.writableEnded || res.destroyed) return
      if (outcome.allowed) {
        attachCapability(req, outcome.capability, outcome.code)
        if (outcome.headers !== undefined) setDefaults(res, outcome.headers)
        if (pin !== undefined) pinDecision(req, handler, pin, engine)
        next()
      } else if (engine.refuse === 'answer') answer(res, outcome.refusal)
      else {
        // If an error handler goes on without the error, the request must still not reach a route.
        pinDecision(req, handler, NOTHING, engine)
        next(new RefusalError(outcome.refusal))
      }
    }
    return handler
  }) as ExpressGuard<Mode, Definition>
}

function setDefaults(res: Response, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) if (!res.hasHeader(name)) res.setHeader(name, value)
}

/** A URL that Express does not give to `url.parse`, which encodes some characters. */
const PLAIN_URL = /^\/[^#\s\ufeff]*$/
/** Characters that `url.parse` leaves as they are. */
const UNCHANGED = /^[\w\-.~!$&()*+,;=:@%/?[\]#]*$/

/**
 * Whether Express may read another URL after a layer in `use()`. It cuts the path of the layer off the sent text by the length of the
 * parsed text, and the two differ for `/x'/y#`.
 */
function isAmbiguous(url: string): boolean {
  return !PLAIN_URL.test(url) && !UNCHANGED.test(url)
}

/** The request as the guard sees it. If its URL was rewritten on its way here, it is the URL that it has now. */
function viewOf(req: Request): RequestView {
  const { method, originalUrl: url } = req
  // A URL that is read in two ways names nothing.
  if (isAmbiguous(url)) {
    const params = Object.fromEntries(Object.keys(req.params).map((name) => [name, undefined]))
    return nodeRequestView(Object.create(req, { originalUrl: { value: '' }, params: { value: params } }), req)
  }
  // Mostly nothing has rewritten it, and that is seen at once.
  if (url.startsWith('/') && req.url.startsWith('/') && url === `${req.baseUrl}${req.url}`)
    return nodeRequestView(req, req)
  const target = targetOf(req)
  if (sameTarget(targetOf({ method, url } as Request), target)) return nodeRequestView(req, req)
  return nodeRequestView(Object.create(req, { originalUrl: { value: target.urls[0] } }), req)
}

/** Whether the handler runs in `use()`: in a route, `next` is a function of the route. `guard.public()` never counts. */
function isMounted(handler: GuardHandler, req: Request, next: NextFunction): boolean {
  const { stack = [] } = (req.route ?? {}) as { stack?: { handle: unknown }[] }
  const inRoute = next !== req.next && stack.some(({ handle }) => handle === handler)
  return !inRoute && requirementOf(handler) !== 'public'
}

/** Answers by `end`, because `send` would add an ETag to an answer that must not be stored. */
function answer(res: Response, { status, headers, body }: Refusal): void {
  res.statusCode = status
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.end(body)
}
