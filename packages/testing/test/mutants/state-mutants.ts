// Something of one request is left for another one.
import type { AttachedCapability, GuardOutcome } from '@writ/http'
import { type Mutant, mutant } from './mutant.ts'
import type { Exchange, Parts } from './reference-parts.ts'

const AFTER_PASS = 'a request without a credential is refused after one that passed on the same connection'
const ELSEWHERE = 'a request without a credential is refused after one that passed on another connection'
const REVOKED = 'a token that is revoked between two requests of a connection is refused'
const EXPIRED = 'a token that expires between two requests of a connection is refused'
const OPTIONAL = 'an optional guard finds no capability of an earlier request'
const PUBLIC = 'a public route finds no capability of an earlier request'
const INTERLEAVED = 'each of many requests on one connection is answered for its own token'

/** Keeps decisions by a key. */
const remembers = (
  name: string,
  caughtBy: string,
  keyOf: (exchange: Exchange) => unknown,
  only: (outcome: GuardOutcome) => boolean = (outcome) => outcome.allowed,
): Mutant =>
  mutant(name, caughtBy, (parts) => {
    const kept = new Map<unknown, GuardOutcome>()
    return {
      async ask(exchange, decide, view) {
        const known = kept.get(keyOf(exchange))
        if (known) return known
        const outcome = await parts.ask(exchange, decide, view)
        if (only(outcome)) kept.set(keyOf(exchange), outcome)
        return outcome
      },
    }
  })

/** Keeps capabilities somewhere else than with the request. */
const keeps = (name: string, caughtBy: string, placeOf: (exchange: Exchange) => object): Mutant =>
  mutant(`keeps the capability ${name}`, caughtBy, () => {
    const kept = new WeakMap<object, AttachedCapability>()
    return {
      attach(exchange, capability) {
        if (capability) kept.set(placeOf(exchange), capability)
      },
      attached: (exchange) => kept.get(placeOf(exchange)),
    }
  })

/** Proves one token for everything that shares a source. */
const proves = (name: string, caughtBy: string, sourceOf: (exchange: Exchange) => object): Mutant =>
  mutant(`keeps the proof ${name}`, caughtBy, (parts) => ({
    view: (exchange) => Object.defineProperty(parts.view(exchange), 'source', { value: sourceOf(exchange) }),
  }))

const module = {}
const tokenOf = ({ req }: Exchange) => req.headers.authorization
const addressOf = ({ req }: Exchange) => req.socket.remoteAddress

/** Asks about the view of an earlier request. */
const views = (name: string, caughtBy: string, placeOf: (exchange: Exchange) => object, blunt = false): Mutant =>
  mutant(
    `keeps what it has read of a request ${name}`,
    caughtBy,
    (parts: Parts) => {
      const kept = new WeakMap<object, ReturnType<Parts['view']>>()
      return {
        view(exchange) {
          const view = kept.get(placeOf(exchange)) ?? parts.view(exchange)
          kept.set(placeOf(exchange), view)
          return view
        },
      }
    },
    blunt,
  )

export const stateMutants: readonly Mutant[] = [
  keeps('on the connection', OPTIONAL, ({ req }) => req.socket),
  keeps('on the connection, where a public route finds it', PUBLIC, ({ req }) => req.socket),
  keeps('on the connection, where a later request replaces it', INTERLEAVED, ({ req }) => req.socket),
  keeps('on the module', OPTIONAL, () => module),
  keeps('on the module, where a public route finds it', PUBLIC, () => module),
  keeps('on the route', OPTIONAL, ({ route }) => route),
  keeps('on the app', OPTIONAL, ({ app }) => app),
  proves('on the connection', REVOKED, ({ req }) => req.socket),
  proves('on the module', REVOKED, () => module),
  proves('on the app', REVOKED, ({ app }) => app),
  views('on the connection', AFTER_PASS, ({ req }) => req.socket),
  views('on the app', ELSEWHERE, ({ app }) => app),
  views('on the connection, until requests are interleaved', INTERLEAVED, ({ req }) => req.socket),
  remembers('lets a connection through that has passed once', AFTER_PASS, ({ req }) => req.socket),
  remembers('lets an address through that has passed once', ELSEWHERE, addressOf),
  remembers('lets a path through that has passed once', ELSEWHERE, ({ req }) => req.url),
  remembers('lets everything through when one request has passed', ELSEWHERE, () => 'all'),
  remembers('lets a token through that has passed once', REVOKED, (exchange) => tokenOf(exchange)),
  remembers(
    'lets a token through that has passed for the same path',
    EXPIRED,
    (exchange) => `${tokenOf(exchange)} ${exchange.req.url}`,
  ),
  remembers(
    'lets a token through that has passed on the same connection',
    REVOKED,
    (exchange) => exchange.req.socket.remotePort + String(tokenOf(exchange)),
  ),
  remembers(
    'refuses a connection that was refused once',
    'a request passes after a refused one on the same connection',
    ({ req }) => req.socket,
    (outcome) => !outcome.allowed,
  ),
  mutant('hands over the capability of the request that began last', INTERLEAVED, (parts) => {
    let last: AttachedCapability | undefined
    return {
      async ask(exchange, decide, view) {
        const outcome = await parts.ask(exchange, decide, view)
        last = outcome.allowed ? (outcome.capability ?? last) : last
        await new Promise((resolve) => setImmediate(resolve))
        return outcome
      },
      attached: () => last,
    }
  }),
  mutant('decides about the request that began last', INTERLEAVED, (parts) => {
    let last: ReturnType<Parts['view']> | undefined
    return {
      view(exchange) {
        last = parts.view(exchange)
        return last
      },
      async ask(exchange, decide, view) {
        await new Promise((resolve) => setImmediate(resolve))
        return decide(exchange.req.method === 'GET' ? (last ?? view) : view)
      },
    }
  }),
  mutant(
    'keeps the capability of the first of two guards',
    'of several guards the handler gets what the last one proved',
    (parts) => ({
      attach: (exchange, ...outcome) => (parts.attached(exchange) ? undefined : parts.attach(exchange, ...outcome)),
    }),
  ),
  mutant(
    'does not say what report mode would have refused',
    'in report mode a handler that demands a capability gets one of nobody where nothing was proven',
    (parts) => ({ attach: (exchange, capability) => parts.attach(exchange, capability, undefined) }),
  ),
  mutant(
    'says that what report mode lets pass is enforced',
    'in report mode the capability says that it is not enforced, and what would have been refused',
    (parts) => ({
      attached: (exchange) => {
        const capability = parts.attached(exchange)
        return capability && { ...capability, token: capability.token, enforced: true }
      },
    }),
  ),
]
