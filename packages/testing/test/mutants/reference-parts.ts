import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { CapabilityErrorCode } from '@writ/core'
import {
  type AttachedCapability,
  attachCapability,
  attachedCapability,
  demandCapability,
  type GuardOutcome,
  nodeRequestView,
  type Refusal,
  RefusalError,
  type RequestView,
} from '@writ/http'
import type { AppDescription, RouteDescription } from '../../src/index.ts'

/** One request on its way through the reference adapter. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly app: AppDescription
  readonly route: RouteDescription
  readonly params: Readonly<Record<string, string>>
  /** The parsed body, where the app parses bodies. */
  readonly body: unknown
}

/** What a part may ask for. */
export type Decide = (view: RequestView) => Promise<GuardOutcome>

/** The parts of the reference adapter. A mutant replaces one of them. */
export interface Parts {
  /** Params of a path that a route has, or `undefined`. `path` is as sent, without the query. */
  match(pattern: string, path: string): Record<string, string> | undefined
  /** What the guard sees of a request. */
  view(exchange: Exchange): RequestView
  /** Whether the guards of a route are asked at all. */
  guarded(exchange: Exchange): boolean
  /** Asks one guard of the route. */
  ask(exchange: Exchange, decide: Decide, view: RequestView): Promise<GuardOutcome>
  /** Whether an outcome lets the request go on. */
  passes(outcome: GuardOutcome, exchange: Exchange): boolean
  attach(exchange: Exchange, capability: AttachedCapability | undefined, code: CapabilityErrorCode | undefined): void
  attached(exchange: Exchange): AttachedCapability | undefined
  /** Answers a refusal. */
  refuse(exchange: Exchange, refusal: Refusal, run: () => Promise<void>): unknown
  /** The answer to a refusal as it is written. */
  wording(refusal: Refusal, exchange: Exchange): Pick<Refusal, 'status' | 'headers' | 'body'>
  /** Headers of an answer that passes, unless the handler sets them. */
  headers(outcome: GuardOutcome): Readonly<Record<string, string>>
  /** Before the guards are asked. */
  begin(exchange: Exchange, run: () => Promise<void>): void
  /** The handler. */
  handle(exchange: Exchange): Promise<void>
}

export const referenceParts: Parts = {
  match(pattern, path) {
    const [wanted, given] = [pattern.split('/'), path.split('/')]
    // As Express does it: a slash at the end makes no difference.
    if (given.length === wanted.length + 1 && given.at(-1) === '') given.pop()
    if (given.length !== wanted.length) return undefined
    const params: Record<string, string> = Object.create(null)
    for (const [index, part] of wanted.entries()) {
      const segment = given[index] ?? ''
      if (!part.startsWith(':')) {
        if (part !== segment) return undefined
      } else if (segment === '') return undefined
      else params[part.slice(1)] = decodeURIComponent(segment)
    }
    return params
  },
  view: ({ req, params, body }) => viewOf(req, params, body),
  guarded: () => true,
  ask: (_exchange, decide, view) => decide(view),
  passes: (outcome) => outcome.allowed,
  attach: ({ req }, capability, code) => attachCapability(req, capability, code),
  attached: ({ req }) => attachedCapability(req),
  refuse(exchange, refusal) {
    const answer = exchange.app.onError?.(new RefusalError(refusal)) ?? this.wording(refusal, exchange)
    write(exchange.res, answer.status, answer.headers, answer.body)
  },
  wording: (refusal) => refusal,
  headers: (outcome) => (outcome.allowed && outcome.headers) || {},
  begin: () => {},
  async handle(exchange) {
    const { req, res, route, params } = exchange
    const attached = this.attached(exchange)
    const capability = route.accessor === 'capability' ? (attached ?? demandCapability(req, route.path)) : attached
    const answer = await route.handle({ capability, params: { ...params } })
    if (answered.has(res)) return
    for (const [name, value] of Object.entries(route.headers ?? {})) res.setHeader(name, value)
    if (!route.streamed) return write(res, 200, { 'Content-Type': 'application/json' }, JSON.stringify(answer))
    res.setHeader('Content-Type', 'text/plain')
    // A client that goes away ends both.
    pipeline(Readable.from(answer as AsyncIterable<string>), res, () => {})
  },
}

/** Those whose answer is on its way, though it may not have left. */
const answered = new WeakSet<ServerResponse>()

/** What a guard sees of a request of Node, with these params and this body. */
function viewOf(req: IncomingMessage, params: unknown, body: unknown): RequestView {
  const { method = '', url = '', rawHeaders, socket } = req
  return nodeRequestView({ method, url, params, body, rawHeaders, ip: socket.remoteAddress }, req)
}

/** Writes a whole answer, unless another one is under way. */
function write(res: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  if (answered.has(res) || res.headersSent) return
  answered.add(res)
  res.statusCode = status
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.end(body)
}
