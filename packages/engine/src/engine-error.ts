const STEPS = [
  'subject',
  'target',
  'policy',
  'context',
  'exposure',
  'designations',
  'chain',
  'schema',
  'issue',
] as const

/** The steps of a mint, in their order. */
export const MINT_STEPS: typeof STEPS = /* @__PURE__ */ Object.freeze(STEPS)

/** The step of a mint that refused. */
export type MintStep = (typeof STEPS)[number]

const MESSAGES = {
  unknown_subject: 'the policy does not know the subject',
  wrong_identity: 'the identity that was presented is not accepted',
  unknown_target: 'the schema does not know the target or the operation',
  not_granted: 'the policy does not grant this to the subject',
  context_required: 'the target demands the context of a session',
  wrong_context: 'the context that was presented is not accepted',
  unknown_session: 'the context belongs to no session that is open',
  exposed: 'the session was exposed to what precludes this target',
  resolver_failed: 'the designations could not be resolved',
  wrong_designation: 'a designation is no text, or its label is reserved',
  conflicting_designation: 'two sources give different values for one label',
  conflicting_anchor: 'the anchor that was asked for is not that of the policy',
  ancestor_lacks_grant: 'an ancestor of the subject does not hold what was asked for',
  ancestor_names_other_object: 'an ancestor of the subject holds this for another object only',
  ancestor_has_other_anchor: 'an ancestor of the subject holds this for another service only',
  ancestor_has_other_attester: 'an ancestor of the subject wants a label attested by another key',
  missing_designation: 'a designation that the schema or the policy requires is missing',
  unknown_designation: 'the schema does not know a designation of this operation',
  single_use_unavailable: 'this engine has no ledger of uses',
  not_delegatable: 'the policy does not allow a delegatable identity of this subject',
  unavailable: 'a part of the engine failed',
} as const

/** Why an engine refused; it never changes its meaning. */
export type EngineErrorCode = keyof typeof MESSAGES

/** What was asked for, and what decided. */
export interface EngineErrorDetails {
  readonly subject?: string | undefined
  readonly target?: string | undefined
  readonly operation?: string | undefined
  /** The label of the designation that decided. */
  readonly label?: string | undefined
  /** The labels of exposures that decided. */
  readonly labels?: readonly string[] | undefined
  /** The ancestor that decided. */
  readonly ancestor?: string | undefined
  readonly cause?: unknown
}

/**
 * The engine refuses: nothing was minted, spent or recorded. `step` says where, `code` why.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { createEngine, EngineError, parsePolicy } from '@writ/engine'
 *
 * const engine = createEngine({ policy: parsePolicy({}), keys: await generateKeyPair() })
 * const request = { subject: 'service:webapp', target: 'invoices', operation: 'read' }
 * const error = await engine.mint(request).catch((error) => error)
 * if (error instanceof EngineError) console.log(error.step, error.code) // subject unknown_subject
 * ```
 */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly step: MintStep
  readonly code: EngineErrorCode
  readonly subject: string | undefined
  readonly target: string | undefined
  readonly operation: string | undefined
  readonly label: string | undefined
  readonly labels: readonly string[] | undefined
  readonly ancestor: string | undefined

  constructor(step: MintStep, code: EngineErrorCode, details: EngineErrorDetails = {}) {
    super(MESSAGES[code], details.cause === undefined ? undefined : { cause: details.cause })
    this.step = step
    this.code = code
    this.subject = details.subject
    this.target = details.target
    this.operation = details.operation
    this.label = details.label
    this.labels = details.labels
    this.ancestor = details.ancestor
  }

  /** The sentence of the code, what was asked for, and what decided. */
  get reason(): string {
    const { ancestor, label, labels } = this
    const facts = Object.entries({ ancestor, label, labels }).filter(([, value]) => value !== undefined)
    return [this.message, ...facts.map(([name, value]) => `${name} ${JSON.stringify(value)}`)].join(', ')
  }

  /** Everything but the cause and the stack. */
  toJSON(): Record<string, unknown> {
    const { name, step, code, subject, target, operation, label, labels, ancestor } = this
    return { name, step, code, subject, target, operation, label, labels, ancestor }
  }
}
