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
  /** What `compat: 'hessra'` let pass. */
  readonly warnings: readonly PolicyFault[]
}
