import {
  CapabilityError,
  type CapabilityErrorCode,
  createDirectVerifier,
  type VerifiedCapability,
} from '@writ/core/verify'
import type { HttpGuardOptions } from './guard-options.ts'
import { Asked } from './internal/asked.ts'
import { customiseRefusal } from './internal/customise-refusal.ts'
import { decisionOf } from './internal/decision-of.ts'
import { demandOf } from './internal/demand-of.ts'
import { evaluate, operationOf, type Spend } from './internal/evaluate.ts'
import { refusalHint } from './internal/log/refusal-hint.ts'
import { refusalLog } from './internal/log/refusal-log.ts'
import { markCapability } from './internal/mark-capability.ts'
import { proveOnce } from './internal/prove-once.ts'
import { readGuardOptions } from './internal/read-guard-options.ts'
import { runOf } from './internal/run-of.ts'
import { schemaCheck } from './internal/schema-check.ts'
import { doneSoon, outcomeOf, type Steps } from './internal/steps.ts'
import { type Disclosure, type Refusal, refusalOf } from './refusal.ts'
import type { RequestView } from './request-view.ts'
import type { FrozenRequirement } from './requirement.ts'
import type { AttachedCapability } from './typed/enforced-capability.ts'

/** What an adapter does next: continue, with the capability if there is one, or answer with the refusal. */
export type GuardOutcome =
  | {
      readonly allowed: true
      /** What was proven. In report mode it may not meet the requirement. */
      readonly capability?: AttachedCapability | undefined
      /** In report mode, what the request would be refused with. Absent if it would not be refused. */
      readonly code?: CapabilityErrorCode | undefined
      /** Headers that the answer carries unless the handler sets them. Default: none. */
      readonly headers?: Readonly<Record<string, string>> | undefined
    }
  | { readonly allowed: false; readonly refusal: Refusal }

/** Requirements of which one must be met. */
export type Requirements<Native> = readonly [FrozenRequirement<Native>, ...FrozenRequirement<Native>[]]

/** The part of a guard that every adapter shares. */
export interface GuardEngine<Native> {
  /** Who answers a refusal. */
  readonly refuse: 'answer' | 'error'
  /**
   * Checks a requirement against the option `schema`, when the guard is built. What does not fit is also refused by every
   * decision, as what nothing guards.
   *
   * @throws `TypeError` that starts with the key of the requirement that does not fit.
   */
  check(requirement: FrozenRequirement<never>): void
  /**
   * Decides about one request; never throws or rejects. The token of one `source` is proven once, however many decisions are
   * made. A single-use capability is spent once per `run`.
   */
  decide(requirements: Requirements<Native>, request: RequestView, native: Native): Promise<GuardOutcome>
  /**
   * Decides as `decide`, and answers at once if nothing has to wait: no option and no source of a designation answers with a
   * promise, and the platform's crypto does not. To wait for nothing costs a busy service more than the decision.
   */
  decideSoon(
    requirements: Requirements<Native>,
    request: RequestView,
    native: Native,
  ): GuardOutcome | Promise<GuardOutcome>
  /** Decides for several guards of one handler, all of which must pass. A single-use capability is spent when they have. */
  decideAll(guards: readonly Requirements<Native>[], request: RequestView, native: Native): Promise<GuardOutcome>
  /** The answer to a request on a route that no guard covers: 500, a mistake of the server. */
  unguarded(): Refusal
}

/** What one of several guards says. */
type Decided =
  | {
      readonly allowed: true
      readonly capability: VerifiedCapability | undefined
      readonly code: CapabilityErrorCode | undefined
    }
  | { readonly allowed: false; readonly refusal: Refusal }

const PRIVATE: Readonly<Record<string, string>> = Object.freeze({ 'Cache-Control': 'private' })

/**
 * Creates the part of a guard that every adapter shares: it finds the token, proves it, asks whether a requirement is met, and
 * words the refusal. Creating it does no I/O. For adapters; services use `writ` of their framework's adapter.
 *
 * @param options - Those of a verifier and of a guard: see {@link HttpGuardOptions}.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { compileRequirement, createGuardEngine, type RequestView } from '@writ/http'
 *
 * const { publicKey } = await generateKeyPair()
 * const guard = createGuardEngine<unknown>({ keys: publicKey, anchor: 'service:billing' })
 * const request: RequestView = {
 *   method: 'GET',
 *   path: '/acme/invoices',
 *   params: { tenantId: 'acme' },
 *   query: new URLSearchParams(),
 *   header: () => [],
 *   ip: undefined,
 * }
 * const requirement = compileRequirement({ resource: 'invoices', designate: ['tenantId'] })
 * const outcome = await guard.decide([requirement], request, undefined)
 * if (!outcome.allowed) console.log(outcome.refusal.status) // 401
 * ```
 */
export function createGuardEngine<Native>(options: HttpGuardOptions<Native>): GuardEngine<Native> {
  const { verifier: verifierOptions, settings } = readGuardOptions(options)
  const log = refusalLog(settings)
  const prove = proveOnce(createDirectVerifier(verifierOptions))
  const spendingOf = verifierOptions.singleUse === undefined ? undefined : spendings()
  const check = schemaCheck(settings.schema)
  // A shared cache keeps no answer to `Authorization` (RFC 9111 section 3.5), but it knows nothing of another header.
  const headers = settings.tokenFrom.header === 'authorization' ? undefined : PRIVATE

  function* decideAll(guards: readonly Requirements<Native>[], view: RequestView, native: Native): Steps<GuardOutcome> {
    const asked = new Asked(view, native, settings.headersFrom)
    try {
      if (guards.length === 0) throw new TypeError('guards: there is none')
      if (settings.schema !== undefined) for (const requirement of guards.flat()) check(requirement)
    } catch (cause) {
      const error = new CapabilityError('unguarded', { cause })
      log(error, view)
      return { allowed: false, refusal: yield* refuse(error, asked) }
    }
    let capability: VerifiedCapability | undefined
    let code: CapabilityErrorCode | undefined
    for (let index = 0; index < guards.length; index++) {
      const decided = yield* decideOne(guards[index] as Requirements<Native>, asked, index === guards.length - 1)
      if (!decided.allowed) return decided
      capability = decided.capability
      code ??= decided.code
    }
    return passed(capability && markCapability(capability, !settings.report, code), code)
  }

  function passed(capability: AttachedCapability | undefined, code: CapabilityErrorCode | undefined): GuardOutcome {
    if (code === undefined && headers === undefined) return { allowed: true, capability }
    return { allowed: true, capability, ...(code !== undefined && { code }), ...(headers && { headers }) }
  }

  function* decideOne(requirements: Requirements<Native>, asked: Asked<Native>, isLast: boolean): Steps<Decided> {
    const start = settings.onDecision ? performance.now() : 0
    const spend = isLast ? spendingOf?.(requirements[0], asked.view) : undefined
    const verdict = yield* evaluate(prove, spend, settings, requirements, asked)
    let { error } = verdict
    let disclosure: Disclosure | undefined
    // A decision that nobody asks for is not described.
    if (error !== undefined || settings.onDecision !== undefined) {
      try {
        const operation = operationOf(verdict.requirement, asked.view)
        const durationMs = performance.now() - start
        const hint = refusalHint(error?.code, asked.view, settings)
        if (error) {
          const required = demandOf(verdict.requirement, operation, verifierOptions.anchor)
          disclosure = { required, proven: verdict.capability !== undefined }
          log(error, asked.view, hint)
        }
        if (settings.onDecision) {
          const decision = decisionOf(verdict, operation, !settings.report, durationMs, hint)
          yield* outcomeOf(settings.onDecision(decision, { request: asked.view, native: asked.native }))
        }
      } catch (cause) {
        error = new CapabilityError('unavailable', { cause })
        log(error, asked.view)
      }
    }
    if (error && !settings.report) return { allowed: false, refusal: yield* refuse(error, asked, disclosure) }
    return { allowed: true, capability: verdict.capability, code: error?.publicCode }
  }

  function* refuse(error: CapabilityError, { view, native }: Asked<Native>, disclosure?: Disclosure): Steps<Refusal> {
    const refusal = refusalOf(error, settings, settings.disclose ? disclosure : undefined)
    if (settings.refuse !== 'answer' || !settings.onRefusal) return refusal
    try {
      return customiseRefusal(refusal, yield* outcomeOf(settings.onRefusal(refusal, native)))
    } catch (cause) {
      const failure = new CapabilityError('unavailable', { cause })
      log(failure, view)
      return refusalOf(failure, settings)
    }
  }

  return Object.freeze<GuardEngine<Native>>({
    refuse: settings.refuse,
    check,
    decide: async (requirements, request, native) => doneSoon(decideAll([requirements], request, native)),
    decideSoon: (requirements, request, native) => doneSoon(decideAll([requirements], request, native)),
    decideAll: async (guards, request, native) => doneSoon(decideAll(guards, request, native)),
    unguarded: () => refusalOf(new CapabilityError('unguarded'), settings),
  })
}

/** Returns what spends a proven token in the run that a decision is about. */
function spendings(): (requirement: FrozenRequirement<never>, view: RequestView) => Spend {
  const run = runOf()
  return (requirement, view) => (proven) => proven.spend(run(requirement, view))
}
