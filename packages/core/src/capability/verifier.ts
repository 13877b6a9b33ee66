import type { ReaderOptions } from '../internal/read/reader-options.ts'
import type { VerifiedToken } from '../internal/read/verified-token.ts'
import type { UseLedger } from './use-ledger.ts'

/** What a verifier of capabilities demands. */
export interface VerifierOptions extends ReaderOptions {
  /**
   * The name of this service, or `null`. Required, so that leaving it out is a decision.
   *
   * With a name, every capability must be anchored here (`wrong_anchor` otherwise): one that was stolen at another service is worthless.
   * With `null`, a capability without an anchor is accepted, and can be replayed at every other service that accepts it; a capability
   * with an anchor is refused.
   */
  readonly anchor: string | null
  /** Accepts capabilities without an anchor although `anchor` is set; one with another anchor is still refused. Default `false`. */
  readonly allowUnanchored?: boolean | undefined
  /**
   * Who must have named the object. `'anyone'` catches forgotten narrowing, but cannot stop the holder of a broad token from naming
   * the object himself; `'authority'` counts only the authority block, `{ publicKey }` only blocks signed by that key. Default
   * `'anyone'`.
   */
  readonly designatedBy?: 'anyone' | 'authority' | { readonly publicKey: string } | undefined
  /** The namespace (domain) of this service, for tokens that are restricted to one. Default: none. */
  readonly namespace?: string | undefined
  /**
   * Where single-use capabilities are spent: as the last step, if everything else has passed. The clock tolerance does not apply to it.
   * Default: nowhere, and a single-use capability is refused.
   */
  readonly singleUse?: UseLedger | undefined
}

/** Designations by label, or a function that finds them. */
export type Designations = Readonly<Record<string, string>>

/** What is asked for. */
export interface CapabilityRequest {
  readonly resource: string
  readonly operation: string
  /**
   * The object: one value a label. Each pair must be bound by a check of the token. A function runs only after the token has been
   * proven, is neither expired nor revoked, and has the right that is asked for, so strangers cause no work; a `CapabilityError` that it
   * throws is the refusal, anything else `unavailable`. Default: none.
   */
  readonly designations?: Designations | (() => Designations | Promise<Designations>) | undefined
  /** The only subject that may ask. Default: any. */
  readonly subject?: string | undefined
  /** Accepts a capability that does not name the object, such as an administrator's. Default `false`. */
  readonly allowUndesignated?: boolean | undefined
}

/** A capability that has been proven and, where it comes from `verify` or `authorize`, satisfies the request. */
export interface VerifiedCapability extends VerifiedToken {
  readonly kind: 'capability'
  readonly subject: string
  readonly resource: string
  readonly operation: string
  /** The pairs that were asked for and that the token binds; a frozen object without a prototype. */
  readonly designations: Designations
}

/**
 * A token that is proven, alive and not revoked, before anything is asked of it. Good for the request at hand: revocation and keys are
 * not looked at again.
 */
export interface ProvenCapability {
  /** What the token says of itself; `designations` is empty, since none were asked for. */
  readonly capability: VerifiedCapability
  /**
   * Decides whether the token is good for a request, and then spends a single-use capability: once, however often this proof is asked.
   *
   * Errors: `wrong_resource`, `wrong_operation`, `wrong_subject`, `wrong_designation`, `missing_designation`, `undesignated`,
   * `wrong_anchor`, `not_activated`, `already_used`, `expired`, `check_failed`, `unsupported_block`, `limits_exceeded`, `unavailable`.
   */
  authorize(request: CapabilityRequest): Promise<VerifiedCapability>
  /** As `authorize`, but nothing is spent: whoever lets something happen awaits `spend` first. Errors: those of `authorize`. */
  decide(request: CapabilityRequest): Promise<VerifiedCapability>
  /**
   * Spends the one use of a single-use capability for `run`, an object that stands for what happens once; again for the same `run` it is
   * the same use. Does nothing for any other capability. Errors: `already_used`, `unavailable`.
   */
  spend(run: object): Promise<void>
}

/** Reads capability tokens. */
export interface Verifier {
  /**
   * Proves a token: its signatures, that it is a capability, that it is alive and not revoked.
   *
   * Errors: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block`, `wrong_kind`, `expired`,
   * `revoked`, `unavailable`.
   */
  prove(token: string): Promise<ProvenCapability>
  /** Proves a token and decides whether it is good for a request. Errors: those of `prove` and of `authorize`. */
  verify(token: string, request: CapabilityRequest): Promise<VerifiedCapability>
}
