import type { PolicyFault } from './policy-fault.ts'

/** What a subject may have of one target. */
export interface Grant {
  readonly target: string
  readonly operations: readonly string[]
  /** The only service at which the capability may be used: a name, or `{ subject: true }` for the subject itself. */
  readonly anchor?: string | { readonly subject: true } | undefined
  /** Pairs that are attached to every capability. */
  readonly designations: ReadonlyMap<string, string>
  /** The longest lifetime, in seconds. */
  readonly maxTtl?: number | undefined
  /**
   * Labels that the schema requires and that the holder names itself, offline, each time it uses the capability. Default:
   * none, and every required label is named when the capability is minted.
   */
  readonly leftToHolder?: readonly string[] | undefined
  /**
   * From label to a public key: who must attest the value of the label before the capability can be used, such as a person
   * who approves a payment. The label must be named when the capability is minted. Default: nobody must.
   */
  readonly attestedBy?: ReadonlyMap<string, string> | undefined
}

/** What a policy says about one subject. */
export interface SubjectPolicy {
  /** The subject that must hold whatever this one asks for. */
  readonly parent?: string | undefined
  /** How identities of this subject are minted. */
  readonly identity: {
    /** The lifetime, in seconds. */
    readonly ttl: number
    readonly delegatable: boolean
  }
  /** The grant for an operation on a target, or `undefined`. */
  grant(target: string, operation: string): Grant | undefined | Promise<Grant | undefined>
  /** All grants, in the order of the policy. */
  grants(): readonly Grant[] | Promise<readonly Grant[]>
}

/** Where an engine looks up who may have what. `parsePolicy` and `loadPolicy` make the one that reads TOML. */
export interface PolicyBackend {
  /** What the policy says about a subject; `undefined` for a subject that it does not know. */
  find(subject: string): SubjectPolicy | undefined | Promise<SubjectPolicy | undefined>
  /** The labels that a session is exposed to when a capability for this target is minted. */
  classification(target: string): readonly string[]
  /** Those of `labels` that preclude a capability for this target. */
  precluding(target: string, labels: readonly string[]): readonly string[]
  /** The names of the subjects that the policy declares. */
  subjects(): Iterable<string>
  /** The declared subjects with a grant for an operation on a target. */
  holders(target: string, operation: string): Iterable<string> | Promise<Iterable<string>>
}

/** A subject as it is declared. */
export interface PolicyObject {
  readonly id: string
  /** The URL by which OAuth clients call the service (RFC 8707). */
  readonly resource: string | undefined
  readonly parent: string | undefined
  readonly canDelegate: boolean
  /** Whether names below this one that the policy does not declare have its rights. */
  readonly subordinates: 'inherit' | 'declared'
  readonly identity: { readonly ttl: number; readonly delegatable: boolean }
  readonly grants: readonly Grant[]
}

/** While a session is exposed to these labels, no capability for these targets is minted. */
export interface ExposureRule {
  /** Patterns of labels. */
  readonly labels: readonly string[]
  /** Whether one pattern must be met, or all of them. */
  readonly match: 'any' | 'all'
  /** Patterns of targets. */
  readonly blocks: readonly string[]
}

/** Somebody else who issues assertions (OpenID Connect) that are exchanged for identities. */
export interface Issuer {
  /** The name by which exchange rules call it. */
  readonly id: string
  /** The `iss` claim of its assertions, character by character. */
  readonly issuer: string
  /** The `aud` claim of assertions that are meant for this authority. */
  readonly audience: string
  /** Where its keys are. Default: where its discovery document says. */
  readonly jwksUri: string | undefined
  /** Immutable ids of who owns a job or an account, of which every rule matches one. Empty for a private issuer. */
  readonly ownerClaims: readonly string[]
  /** Whether no stranger gets an assertion from it. */
  readonly private: boolean
}

/** Which assertions of an issuer are exchanged for an identity of which subject. The first rule that is met decides. */
export interface ExchangeRule {
  /** The id of the issuer. */
  readonly issuer: string
  /** From the name of a claim to the values that it may have: whole strings. */
  readonly match: ReadonlyMap<string, readonly string[]>
  /** Claims whose values enter the subject without being matched. */
  readonly claims: readonly string[]
  /** The subject. A segment `{claim}` stands for the value of that claim. */
  readonly subject: string
}

/** What a policy that was read says about a subject: it answers at once. */
export interface ListedSubject extends SubjectPolicy {
  grant(target: string, operation: string): Grant | undefined
  grants(): readonly Grant[]
}

/** A policy that was read and checked. It never changes. */
export interface Policy extends PolicyBackend {
  find(subject: string): ListedSubject | undefined
  readonly objects: readonly PolicyObject[]
  readonly classifications: ReadonlyMap<string, readonly string[]>
  readonly exposureRules: readonly ExposureRule[]
  /** Issuers of assertions, each with an `issuer` of its own. */
  readonly issuers: readonly Issuer[]
  readonly exchangeRules: readonly ExchangeRule[]
  /** What `compat: 'hessra'` let pass. */
  readonly warnings: readonly PolicyFault[]
}
