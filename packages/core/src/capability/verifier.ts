import type { ReaderOptions } from '../internal/read/reader-options.ts'
import type { VerifiedToken } from '../internal/read/verified-token.ts'
import type { UseLedger } from './use-ledger.ts'

/** The options of a verifier of capabilities. */
export interface VerifierOptions extends ReaderOptions {
  /**
   * The name of this service, or `null`. Required, so that having no anchor is a decision.
   *
   * With a name, every capability must be anchored to it (`wrong_anchor` otherwise). A capability that was stolen at
   * another service is then worthless here. With `null`, a capability without an anchor is accepted, and can be
   * replayed at every other service that accepts it; a capability with an anchor is refused.
   */
  readonly anchor: string | null
  /** Also accepts capabilities without any anchor. One with another anchor is still refused. Default `false`. */
  readonly allowUnanchored?: boolean | undefined
  /**
   * Who must have named the object. `'anyone'` catches forgotten narrowing, but the holder of a broad token can name
   * any object. With `'authority'` only the authority block counts, with `{ publicKey }` only blocks that this key
   * signed. Default `'anyone'`.
   */
  readonly designatedBy?: 'anyone' | 'authority' | { readonly publicKey: string } | undefined
  /** The namespace (domain) of this service, for tokens that are restricted to one. Default: none. */
  readonly namespace?: string | undefined
  /**
   * The ledger in which single-use capabilities are spent, as the last step after everything else has passed. The clock
   * tolerance does not apply to it. Default: none, and single-use capabilities are refused.
   */
  readonly singleUse?: UseLedger | undefined
}

/** The object of a request: one value per label. */
export type Designations = Readonly<Record<string, string>>

/** What a request asks for. */
export interface CapabilityRequest {
  /** The resource that the token must be for. */
  readonly resource: string
  /** The operation that the token must be for. */
  readonly operation: string
  /**
   * The object: one value per label, or a function that returns them. Each pair must be bound by a check of the token.
   * The function runs only after the token is proven, unexpired, unrevoked and holds the requested right, so
   * unauthenticated callers cannot trigger lookups. A thrown `CapabilityError` becomes the refusal; any other error
   * becomes `unavailable`. Default: none.
   */
  readonly designations?: Designations | (() => Designations | Promise<Designations>) | undefined
  /** The only subject that is accepted. Default: any. */
  readonly subject?: string | undefined
  /**
   * Labels of `designations` that the token need not bind. It must bind all others. `true`: it need not bind any, so a
   * token that names no object is good for every object, such as an administrator's. A token that names another object
   * is refused in any case. Default `false`.
   */
  readonly allowUndesignated?: boolean | readonly string[] | undefined
}

/** A proven capability. If it comes from `verify`, `authorize` or `decide`, it also satisfies the request. */
export interface VerifiedCapability extends VerifiedToken {
  readonly kind: 'capability'
  /** Who the capability was issued to. */
  readonly subject: string
  readonly resource: string
  readonly operation: string
  /** The requested pairs that the token binds. A frozen object without a prototype. */
  readonly designations: Designations
}

/**
 * A token that is proven, unexpired and not revoked, before it is checked against a request. Use it only for the
 * request at hand: revocation and keys are not checked again.
 */
export interface ProvenCapability {
  /** What the token says. `designations` is empty, because none were requested. */
  readonly capability: VerifiedCapability
  /**
   * Decides whether the token permits a request, and then spends a single-use capability. All calls for one proof are
   * one use.
   *
   * @throws `TypeError` naming the member of the request that is missing, unknown or wrong.
   * @throws `CapabilityError`: `wrong_resource`, `wrong_operation`, `wrong_subject`, `wrong_designation`,
   *   `missing_designation`, `undesignated`, `wrong_anchor`, `not_activated`, `already_used`, `expired`,
   *   `check_failed`, `unsupported_block`, `limits_exceeded`, `unavailable`.
   */
  authorize(request: CapabilityRequest): Promise<VerifiedCapability>
  /**
   * Decides as `authorize`, but spends nothing. Await `spend` before you act on the answer.
   *
   * @throws `TypeError` and `CapabilityError` as `authorize`.
   */
  decide(request: CapabilityRequest): Promise<VerifiedCapability>
  /**
   * Spends the one use of a single-use capability. It does nothing for any other capability.
   *
   * @param run - An object that stands for what may happen once. Further calls with the same object are the same use.
   * @throws `CapabilityError`: `already_used`, `unavailable`.
   */
  spend(run: object): Promise<void>
}

/** Reads capability tokens. */
export interface Verifier {
  /**
   * Proves a token: its signatures are valid, it is a capability, and it is neither expired nor revoked.
   *
   * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`,
   *   `unsupported_block`, `wrong_kind`, `expired`, `revoked`, `unavailable`.
   */
  prove(token: string): Promise<ProvenCapability>
  /**
   * Proves a token and decides whether it permits a request.
   *
   * @throws `TypeError` and `CapabilityError` as `prove` and `authorize`.
   */
  verify(token: string, request: CapabilityRequest): Promise<VerifiedCapability>
}

/** The options of a verifier that can also answer at once. */
export interface SyncVerifierOptions extends VerifierOptions {
  /**
   * Adds `verifySync`. It needs Node's crypto, and `keys`, `revocation` and `singleUse` that answer at once: those that
   * are known to be asynchronous are refused with a `TypeError` when the verifier is created.
   */
  readonly sync: true
}

/** Reads capability tokens, and can do so without waiting. */
export interface SyncVerifier extends Verifier {
  /**
   * Decides as `verify`, and returns or throws at once. Signatures are verified on the calling thread.
   *
   * @throws `TypeError` and `CapabilityError` as `verify`; also `unavailable` if `keys`, the revocation list, the ledger
   *   or the designations of the request answer with a promise.
   */
  verifySync(token: string, request: CapabilityRequest): VerifiedCapability
}

/** A proven token, as {@link ProvenCapability}. What needs no waiting is answered, or thrown, at once. */
export interface DirectProof {
  /** As {@link ProvenCapability.capability}. */
  readonly capability: VerifiedCapability
  /** As {@link ProvenCapability.decide}. It is a promise only if the designations of the request are one. */
  decide(request: CapabilityRequest): VerifiedCapability | Promise<VerifiedCapability>
  /** As {@link ProvenCapability.spend}. It is a promise only if the ledger answers with one. */
  spend(run: object): void | Promise<void>
}

/** Reads capability tokens for adapters, which may go on at once with what needs no waiting. */
export interface DirectVerifier {
  /**
   * As {@link Verifier.prove}. It is a promise only if `keys`, the revocation list or the platform's crypto answer with one.
   *
   * @throws `TypeError` and `CapabilityError` as `Verifier.prove`, at once or by the promise.
   */
  prove(token: string): DirectProof | Promise<DirectProof>
}
