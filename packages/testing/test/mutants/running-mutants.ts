// Code of the user runs although the request is refused.
import { setTimeout as later } from 'node:timers/promises'
import type { Refusal } from '@writ/http'
import { type Mutant, mutant } from './mutant.ts'
import type { Exchange, Parts } from './reference-parts.ts'

type Run = () => Promise<void>

const AT_ONCE = 'nothing runs behind a refused request, neither at once nor within a tenth of a second'
const SLOW_ANSWER = 'a refusal stops the request although its answer leaves later'
const SLOW_REQUEST = 'a refusal stops the request although the request itself was held up'

/** Answers rightly, and then does something more. */
const andThen =
  (more: (run: Run, exchange: Exchange, refusal: Refusal) => unknown) =>
  (parts: Parts): Partial<Parts> => ({
    refuse(exchange, refusal, run) {
      parts.refuse(exchange, refusal, run)
      return more(run, exchange, refusal)
    },
  })

/** Whether the code, or any other property, of a refusal is one that is refused wrongly. */
const runIf = (wrong: (refusal: Refusal, exchange: Exchange) => boolean) =>
  andThen((run, exchange, refusal) => (wrong(refusal, exchange) ? run() : undefined))

export const runningMutants: readonly Mutant[] = [
  mutant(
    'runs the handler when it has answered',
    'a request without a credential is answered 401',
    andThen((run) => run()),
    true,
  ),
  mutant(
    'runs the handler one turn after a refusal',
    AT_ONCE,
    andThen((run) => void setImmediate(() => void run())),
  ),
  mutant(
    'runs the handler in a microtask after a refusal',
    AT_ONCE,
    andThen((run) => void Promise.resolve().then(run)),
    true,
  ),
  mutant(
    'runs the handler 60 ms after a refusal',
    AT_ONCE,
    andThen((run) => void later(60).then(run)),
  ),
  mutant(
    'runs the handler when a refusal has been sent',
    AT_ONCE,
    andThen((run, { res }) => void res.once('finish', () => void run())),
  ),
  mutant(
    'runs the handler when the connection of a refused request ends',
    AT_ONCE,
    andThen((run, { req }) => void req.once('close', () => void run())),
  ),
  mutant(
    'runs the handler when the body of a refused request has been read',
    AT_ONCE,
    andThen((run, { req }) => void req.once('end', () => void run())),
    true,
  ),
  mutant(
    'runs the handler after refused HEAD requests',
    AT_ONCE,
    runIf((_, { req }) => req.method === 'HEAD'),
  ),
  mutant(
    'runs the handler after refused POST requests',
    AT_ONCE,
    runIf((_, { req }) => req.method === 'POST'),
  ),
  mutant(
    'runs the handler of a stream after a refusal',
    AT_ONCE,
    runIf((_, { route }) => route.streamed === true),
  ),
  mutant(
    'runs the handler after a malformed token',
    'a token that is not base64 is refused',
    runIf(({ code }) => code === 'malformed_token'),
  ),
  mutant(
    'runs the handler after an expired token',
    AT_ONCE,
    runIf(({ code }) => code === 'expired'),
  ),
  mutant(
    'runs the handler after a token of somebody else',
    AT_ONCE,
    runIf(({ code }) => code === 'invalid_signature'),
  ),
  mutant(
    'runs the handler when a refusal is not sent at once',
    SLOW_ANSWER,
    andThen((run, { res }) => (res.headersSent ? undefined : run())),
  ),
  mutant(
    'runs the handler late when a refusal is not sent at once',
    SLOW_ANSWER,
    andThen((run, { res }) => void later(10).then(() => (res.headersSent ? undefined : run()))),
  ),
  mutant(
    'runs the handler when a refusal is handed over and not sent at once',
    "refuse: 'error' stops the request although the answer leaves later",
    andThen((run, { res, app }) => (app.options.refuse !== 'error' || res.headersSent ? undefined : run())),
  ),
  mutant(
    'runs the handler when a failure is not sent at once',
    'a request that could not be decided about stays refused although the answer leaves later',
    andThen((run, { res }, { status }) => (res.headersSent || status !== 503 ? undefined : run())),
  ),
  mutant(
    'runs the handler when onRefusal takes its time and the answer too',
    'a refusal that onRefusal words late stops the request although its answer leaves later',
    andThen((run, { res, app }) => (res.headersSent || !app.options.onRefusal ? undefined : run())),
  ),
  mutant(
    'runs the hooks between the guard and the handler after a refusal',
    AT_ONCE,
    andThen((_run, { app }) => app.slow?.beforeHandler?.()),
  ),
  mutant(
    'runs the handler although the request was held up and refused',
    SLOW_REQUEST,
    andThen((run, { app }) => (app.slow?.beforeGuard ? run() : undefined)),
  ),
  mutant(
    'runs the handler before it asks the guard',
    'a request without a credential is answered 401',
    (parts) => ({
      async ask(exchange, decide, view) {
        await exchange.route.handle({ capability: undefined, params: {} })
        return parts.ask(exchange, decide, view)
      },
    }),
    true,
  ),
  mutant('runs the handler of a stream before the decision, and withholds what it says', AT_ONCE, (parts) => ({
    async ask(exchange, decide, view) {
      if (exchange.route.streamed) void exchange.route.handle({ capability: undefined, params: {} })
      return parts.ask(exchange, decide, view)
    },
  })),
  mutant(
    'runs the handler twice',
    'a token that names the object of the request passes, and the handler sees what was proven',
    (parts) => ({
      async handle(exchange) {
        await exchange.route.handle({ capability: parts.attached(exchange), params: exchange.params })
        await parts.handle.call(parts, exchange)
      },
    }),
    true,
  ),
  mutant(
    'runs the handler when the decision could not be made',
    'a revocation list that rejects is a failure of the service',
    (parts) => ({
      passes: (outcome, exchange) =>
        parts.passes(outcome, exchange) || (!outcome.allowed && outcome.refusal.status === 503),
    }),
  ),
  mutant(
    'lets a client through that goes away while its token is looked up',
    'a client that goes away while its token is looked up lets nothing through',
    () => ({ begin: ({ req, res }, run) => void req.socket.once('close', () => res.writableEnded || void run()) }),
  ),
  mutant(
    'lets a client through that goes away while its refusal is worded',
    'a client that goes away while its refusal is worded lets nothing through',
    (parts) => ({
      passes: (outcome, exchange) => parts.passes(outcome, exchange) || exchange.req.socket.destroyed,
      refuse: (exchange, refusal, run) =>
        exchange.req.socket.destroyed ? run() : parts.refuse(exchange, refusal, run),
    }),
  ),
  mutant(
    'lets a client through that goes away, once its token is found to be revoked',
    'a client that goes away while its token is looked up lets nothing through',
    (parts) => ({
      refuse: (exchange, refusal, run) =>
        exchange.req.socket.destroyed ? run() : parts.refuse(exchange, refusal, run),
    }),
  ),
  mutant(
    'runs the handler for the next request of a connection as well',
    'a request without a credential is refused after one that passed on the same connection',
    (parts) => {
      const passed = new WeakSet<object>()
      return {
        passes({ allowed }, { req: { socket } }) {
          const before = passed.has(socket)
          if (allowed) passed.add(socket)
          return allowed || before
        },
        refuse: (exchange, refusal, run) =>
          passed.has(exchange.req.socket) ? run() : parts.refuse(exchange, refusal, run),
      }
    },
  ),
]
