import type { Schema, SchemaDefinition } from '@writ/core/verify'
import {
  type Attaches,
  attachCapability,
  bindGuard,
  createGuardEngine,
  type GuardEngine,
  type GuardOf,
  type GuardOutcome,
  type HandlerKind,
  type HttpGuardOptions,
  type Refusal,
} from '@writ/http'
import type { Context, Env, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { HonoRefusalError } from './internal/refusal-error.ts'
import { routed, viewOf } from './internal/request-view.ts'

/** Headers that an earlier answer may have set about its own body. A refusal has another body. */
const OF_ONE_BODY = [
  'Content-Encoding',
  'Content-Length',
  'Content-Range',
  'ETag',
  'Last-Modified',
  'Transfer-Encoding',
]

// biome-ignore lint/suspicious/noExplicitAny: as Hono's own middleware, a guard without an environment of its own fits every app
type AnyEnv = any

/** The options of a verifier and of a guard, in one flat object. */
export type WritOptions<E extends Env = Env> = HttpGuardOptions<Context<E>>

/** Those of a guard whose schema the compiler knows. */
type Typed<E extends Env, Definition extends SchemaDefinition> = WritOptions<E> & {
  readonly schema?: Schema<Definition> | undefined
}

/** Those of a guard that certainly enforces, and so knows which labels are bound. */
type Enforcing<E extends Env, Definition extends SchemaDefinition> = Typed<E, Definition> & {
  readonly mode?: 'enforce' | undefined
}

/** The input of a route that validates nothing, marked with the capability that a guard attaches. */
// biome-ignore lint/complexity/noBannedTypes: as Hono has it; without a member of `Input` it would be no input
type MarkedInput<Capability> = Attaches<Capability> & { out?: {} }

/**
 * A guard as middleware. It leaves the types of params, input and output to the route's handlers, and marks their context with
 * the capability that it attaches, for `capability(c)`.
 */
export type GuardHandler<E extends Env = Env, Capability = unknown> = MiddlewareHandler<
  E,
  string,
  MarkedInput<Capability>,
  never
>

/** The handlers that a {@link HonoGuard} returns, by the capability that they attach. */
export interface HonoHandlers<E extends Env> extends HandlerKind {
  readonly handler: GuardHandler<E, this['attaches']>
}

/** `guard(requirement)`, `guard([a, b])`, `guard.with(defaults)` and `guard.public()`. A `Definition` of a schema types the names. */
export type HonoGuard<
  E extends Env = Env,
  Mode = 'enforce',
  Definition extends SchemaDefinition = SchemaDefinition,
> = GuardOf<Context<E>, HonoHandlers<E>, Mode, Definition>

/**
 * Creates the guard of a Hono app. Building it does no I/O.
 *
 * A request that meets the requirement goes on to the next handler, with its capability attached (`capability(c)`). Any
 * other is answered: 401 without a Bearer credential, 403 when a check fails, 503 when the decision could not be made.
 * With `refuse: 'error'` a `RefusalError` goes to `app.onError` instead.
 *
 * @param options - Those of a verifier (`keys`, `anchor`, `revocation`, ...) and of a guard (`realm`, `mode`,
 * `onDecision`, ...); or a function that makes them of `c.env`, where Workers have their keys. It is called once per
 * `c.env` object, by the first request that needs it, so what it returns must not depend on anything else of that
 * request.
 * @throws `TypeError` naming the option that is missing, unknown or wrong. If the options are a function, it goes to
 * `app.onError`.
 *
 * @example
 * ```ts
 * import { assertGuarded, capability, writ } from '@writ/hono'
 * import { Hono } from 'hono'
 *
 * interface Env {
 *   Bindings: { WRIT_PUBLIC_KEY: string }
 * }
 *
 * const guard = writ<Env>((c) => ({ keys: c.env.WRIT_PUBLIC_KEY, anchor: 'service:gateway' }))
 * const invoices = guard.with({ resource: 'invoices', designate: ['tenantId'] })
 * const app = new Hono<Env>().get('/:tenantId/invoices/:invoiceId', invoices({ designate: ['invoiceId'] }), (c) =>
 *   c.json({ id: c.req.param('invoiceId'), readBy: capability(c).subject }),
 * )
 * assertGuarded(app)
 * ```
 */
export function writ<E extends Env = AnyEnv, Definition extends SchemaDefinition = SchemaDefinition>(
  options: Enforcing<E, Definition> | ((c: Context<E>) => Enforcing<E, Definition>),
): HonoGuard<E, 'enforce', Definition>
export function writ<E extends Env = AnyEnv, Definition extends SchemaDefinition = SchemaDefinition>(
  options: Typed<E, Definition> | ((c: Context<E>) => Typed<E, Definition>),
): HonoGuard<E, 'report', Definition>
export function writ<E extends Env = AnyEnv>(
  options: WritOptions<E> | ((c: Context<E>) => WritOptions<E>),
): HonoGuard<E, 'report'> {
  const fixed = typeof options === 'function' ? undefined : createGuardEngine<Context<E>>(options)
  const engineOf = fixed ? always(fixed) : onePerEnv(options as (c: Context<E>) => WritOptions<E>)
  const engine = {
    check: fixed?.check,
    decide: (...[requirements, view, c]: Parameters<GuardEngine<Context<E>>['decide']>) =>
      engineOf(routed(c)).decideSoon(requirements, view, c),
  }
  return bindGuard<Context<E>, GuardHandler<E>, GuardOutcome>(engine, (check) => async (c, next) => {
    const native = c as Context<E>
    const { finalized, error } = c
    const decided = check(viewOf(native), native)
    const outcome = decided instanceof Promise ? await decided : decided
    // Other middleware, such as a timeout, has answered while the guard decided: nothing more may run.
    if (c.finalized !== finalized || c.error !== error) return
    if (outcome.allowed) {
      attachCapability(c, outcome.capability, outcome.code)
      await next()
      if (outcome.headers !== undefined) addHeaders(c, outcome.headers)
    } else if (engineOf(native).refuse === 'answer') answer(native, outcome.refusal)
    else throw new HonoRefusalError(outcome.refusal)
  }) as HonoGuard<E, 'report'>
}

function always<T>(value: T): () => T {
  return () => value
}

/** One engine per `c.env`. On Workers that is one object for as long as an isolate lives; elsewhere it may be missing. */
function onePerEnv<E extends Env>(optionsOf: (c: Context<E>) => WritOptions<E>) {
  const engines = new WeakMap<object, GuardEngine<Context<E>>>()
  const noEnv = {}
  return (c: Context<E>): GuardEngine<Context<E>> => {
    const env: object = c.env ?? noEnv
    const engine = engines.get(env) ?? createGuardEngine<Context<E>>(optionsOf(c))
    engines.set(env, engine)
    return engine
  }
}

/** Sets `c.res` and returns nothing: Hono ignores what a middleware returns if another has answered before it. */
function answer(c: Context, { status, headers, body }: Refusal): void {
  for (const name of OF_ONE_BODY) c.header(name)
  // Set on the context, because headers of earlier middleware replace those of a response.
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  c.res = c.body(body, status as ContentfulStatusCode)
}

/** Runs after the handler. Headers that are set before it would replace those of a response that the handler makes itself. */
function addHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  // Caches do not keep upgrades, and the response must stay the object that the runtime made.
  if (!c.finalized || c.res.status === 101) return
  for (const [name, value] of Object.entries(headers)) if (!c.res.headers.has(name)) c.header(name, value)
}
