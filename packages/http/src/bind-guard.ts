import type { GuardEngine, GuardOutcome, Requirements } from './create-guard-engine.ts'
import type { RequestView } from './request-view.ts'
import {
  compileRequirement,
  type FrozenRequirement,
  mergeRequirements,
  type Requirement,
  type RequirementDefaults,
} from './requirement.ts'
import { registerGuard } from './requirement-of.ts'

/** Guards routes of a framework whose guards are handlers. */
export interface Guard<Native, Handler> {
  /** Returns a handler that lets a request pass if it meets the requirement, or one of several. */
  (requirement: Requirement<Native> | readonly Requirement<Native>[]): Handler
  /** Returns a guard with defaults: a requirement adds to their `designate`, and overrides everything else. */
  with(defaults: RequirementDefaults<Native> & { readonly resource: string }): GuardWithResource<Native, Handler>
  with(defaults: RequirementDefaults<Native>): Guard<Native, Handler>
  /** Returns a handler that lets every request pass: it declares a route public. */
  public(): Handler
}

/** A guard whose defaults name the resource, so that requirements can leave it out. */
export interface GuardWithResource<Native, Handler> {
  /** Returns a handler that lets a request pass if it meets the requirement, or one of several. */
  (requirement?: RequirementDefaults<Native> | readonly RequirementDefaults<Native>[]): Handler
  /** Returns a guard with more defaults. */
  with(defaults: RequirementDefaults<Native>): GuardWithResource<Native, Handler>
  /** Returns a handler that lets every request pass: it declares a route public. */
  public(): Handler
}

/**
 * Decides about one request; never throws or rejects.
 *
 * @typeParam Now - The outcome, if the engine may also answer at once. Default: every answer is a promise.
 */
export type DecideRequest<Native, Now = never> = (request: RequestView, native: Native) => Now | Promise<GuardOutcome>

/** What makes the decisions of a guard: an engine, or its `decideSoon` under the name `decide`. */
interface Decides<Native, Now> {
  decide(requirements: Requirements<Native>, request: RequestView, native: Native): Now | Promise<GuardOutcome>
  /** Default: requirements are checked when a decision is made, because the engine is made later. */
  readonly check?: GuardEngine<Native>['check'] | undefined
}

/**
 * Creates the `guard` of a framework whose guards are handlers: `guard(requirement)`, `guard([a, b])`, `guard.with(defaults)`
 * and `guard.public()`. `requirementOf` tells what each handler demands.
 *
 * @param engine - Makes the decisions. To take those that need no waiting at once, give
 *   `{ decide: engine.decideSoon, check: engine.check }`.
 * @param bind - Turns a function that decides about a request into a handler of the framework.
 * @returns The guard. It throws a `TypeError` that starts with the name of the key that is unknown, wrong or missing, or does
 *   not fit the schema of the engine.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { bindGuard, createGuardEngine, type RequestView, requirementOf } from '@writ/http'
 *
 * const { publicKey } = await generateKeyPair()
 * const engine = createGuardEngine<RequestView>({ keys: publicKey, anchor: 'service:billing' })
 * const guard = bindGuard(engine, (check) => async (request: RequestView) => (await check(request, request)).allowed)
 * const invoices = guard.with({ resource: 'invoices', designate: ['tenantId'] })
 * console.log(requirementOf(invoices({ designate: ['invoiceId'] })))
 * ```
 */
export function bindGuard<Native, Handler extends object, Now extends GuardOutcome = never>(
  engine: Decides<Native, Now>,
  bind: (check: DecideRequest<Native, Now>) => Handler,
): Guard<Native, Handler> {
  return withDefaults(engine, bind, {}) as Guard<Native, Handler>
}

function withDefaults<Native, Handler extends object, Now extends GuardOutcome>(
  engine: Decides<Native, Now>,
  bind: (check: DecideRequest<Native, Now>) => Handler,
  defaults: RequirementDefaults<Native>,
): GuardWithResource<Native, Handler> {
  const guard = (requirement: RequirementDefaults<Native> | readonly RequirementDefaults<Native>[] = {}): Handler => {
    const several = Array.isArray(requirement)
    const given: readonly RequirementDefaults<Native>[] = several ? requirement : [requirement]
    const [first, ...others] = given.map((one) => compileRequirement<Native>(defaults, one))
    if (first === undefined) throw new TypeError('requirement: an array must hold at least one')
    const requirements: Requirements<Native> = [first, ...others]
    for (const one of requirements) engine.check?.(one)
    const handler = bind((request, native) => engine.decide(requirements, request, native))
    registerGuard(
      handler,
      several ? Object.freeze(requirements as readonly FrozenRequirement[]) : (first as FrozenRequirement),
    )
    return handler
  }
  return Object.assign(guard, {
    with: (more: RequirementDefaults<Native>) => withDefaults(engine, bind, mergeRequirements(defaults, more)),
    public: () => {
      const handler = bind(() => Promise.resolve({ allowed: true }))
      registerGuard(handler, 'public')
      return handler
    },
  })
}
