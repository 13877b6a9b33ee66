import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  attachCapability,
  bindGuard,
  createGuardEngine,
  type Guard,
  type HttpGuardOptions,
  nodeRequestView,
  RefusalError,
} from '@writ/http'

/** One request on its way to a handler: what a router has found out about it, and where its answer goes. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly params: Readonly<Record<string, string>>
  /** The parsed body, if it was parsed; `null` if it does not parse. */
  readonly body?: unknown
}

/** Resolves to `true` if the handler may run. Otherwise the request has been answered. */
export type GuardHandler = (exchange: Exchange) => Promise<boolean>
export type HelloGuard = Guard<Exchange, GuardHandler>
export type HelloOptions = HttpGuardOptions<Exchange>

/** Creates the guard of a server on plain `node:http`. */
export function writ(options: HelloOptions): HelloGuard {
  const engine = createGuardEngine<Exchange>(options)
  return bindGuard<Exchange, GuardHandler>(engine, (decide) => async (exchange) => {
    const { req, res, params, body } = exchange
    const { method, url, headers, rawHeaders, socket } = req
    const view = nodeRequestView({ method, url, params, body, headers, rawHeaders, ip: socket.remoteAddress }, req)
    const outcome = await decide(view, exchange)
    // The client has gone, or a timeout has answered, while the guard was deciding.
    if (res.headersSent || res.destroyed) return false
    if (outcome.allowed) {
      attachCapability(req, outcome.capability, outcome.code)
      for (const [name, value] of Object.entries(outcome.headers ?? {})) res.setHeader(name, value)
      return true
    }
    if (engine.refuse === 'error') throw new RefusalError(outcome.refusal)
    res.writeHead(outcome.refusal.status, outcome.refusal.headers).end(outcome.refusal.body)
    return false
  })
}
