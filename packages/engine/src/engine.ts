import type {
  DesignationsOf,
  Duration,
  OperationOf,
  RevocationCheck,
  Schema,
  SchemaDefinition,
  Signer,
  TargetOf,
  UseLedger,
} from '@writ/core'
import type { EngineError } from './engine-error.ts'
import type { Grant, PolicyBackend } from './policy/policy.ts'
import type { Resolver, ResolverInput } from './resolvers/resolver.ts'
import type { Sessions } from './sessions/sessions.ts'

/** A root key pair of an engine. */
export interface EngineKeys {
  readonly publicKey: string
  /** The private key, or a `Signer` that keeps it elsewhere. */
  readonly privateKey: string | Signer
  /** Tells verifiers which of several root keys signed. Default: none. */
  readonly rootKeyId?: number | undefined
}

/** The options of an engine. */
export interface EngineOptions<Definition extends SchemaDefinition = SchemaDefinition> {
  /** Who may have what. */
  readonly policy: PolicyBackend
  /** What must be named. Default: nothing must be, and every target is known. */
  readonly schema?: Schema<Definition> | undefined
  /**
   * The root key pair. Or several, each with a `rootKeyId` of its own: the first signs, and identities and contexts of the
   * others are still taken, so that keys can be rotated.
   */
  readonly keys: EngineKeys | readonly EngineKeys[]
  /** Names the object of a request, after the policy has allowed it. Default: the caller names it. */
  readonly resolver?: Resolver | undefined
  /** Records the single use of capabilities. Default: none can be minted. */
  readonly singleUse?: UseLedger | undefined
  /** The record of sessions. Default: none, and contexts are neither minted nor accepted. */
  readonly sessions?: Sessions | undefined
  /** Looks up revocation ids of identities and contexts that are presented. Default: none is revoked. */
  readonly revocation?: RevocationCheck | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** Who asks: a name that the caller has proven by other means, or an identity token. */
export type Asker =
  | {
      readonly subject: string
      /**
       * The names that have delegated to the subject, as `delegatedBy` of a verified identity. All of them must hold what is asked
       * for. Default: none; of an identity token they are known.
       */
      readonly delegatedBy?: readonly string[] | undefined
      readonly identity?: undefined
    }
  | {
      /** An identity token of this engine's key. What is minted does not outlive it. */
      readonly identity: string
      readonly subject?: undefined
      readonly delegatedBy?: undefined
    }

interface MintSettings {
  /** What the resolver reads. Default: nothing. */
  readonly input?: ResolverInput | undefined
  /** The context of the session in which the capability is used. Default: none. */
  readonly context?: string | undefined
  /** The only service at which the capability may be used. Default: that of the policy. */
  readonly anchor?: string | undefined
  /** The lifetime. Default `'5m'`. The shortest of this, the policy's `max_ttl` (by default an hour) and what is left of the
   * identity counts. */
  readonly expiresIn?: Duration | undefined
  /** Allows a single use. Default `false`. */
  readonly singleUse?: boolean | undefined
}

type Right<Definition extends SchemaDefinition> = {
  [Target in TargetOf<Definition>]: {
    [Operation in OperationOf<Definition, Target>]: {
      readonly target: Target
      readonly operation: Operation
      /** Names the object: one value per label. Default: none, or what the resolver says. */
      readonly designations?: Partial<DesignationsOf<Definition, Target, Operation>> | undefined
    }
  }[OperationOf<Definition, Target>]
}[TargetOf<Definition>]

/** A right without a schema: any target, operation and labels. */
interface AnyRight {
  readonly target: string
  readonly operation: string
  readonly designations?: Readonly<Record<string, string>> | undefined
}

/** What is asked of an engine. */
export type MintRequest<Definition extends SchemaDefinition = SchemaDefinition> = Asker &
  MintSettings &
  (string extends TargetOf<Definition> ? AnyRight : Right<Definition>)

/** A capability, and what it says. */
export interface MintedCapability {
  /** The token, URL-safe base64. */
  readonly capability: string
  readonly subject: string
  readonly target: string
  readonly operation: string
  readonly designations: Readonly<Record<string, string>>
  readonly anchor: string | undefined
  /** The end of the capability, in Unix seconds. */
  readonly expiresAt: number
  /** The context to go on with: it holds what this capability exposes the session to. Only if one was presented. */
  readonly context?: string | undefined
}

/** What an engine would do. */
export type Evaluation =
  | { readonly allowed: true; readonly minted: Omit<MintedCapability, 'capability' | 'context'> }
  | { readonly allowed: false; readonly error: EngineError }

/** The identity to mint. */
export interface IdentityRequest {
  readonly subject: string
  /** Whether the bearer may speak as the names below. Default: what the policy says. */
  readonly delegatable?: boolean | undefined
  /** The lifetime. Default: that of the policy, which is also the longest. */
  readonly expiresIn?: Duration | undefined
}

/** The session to open. */
export interface ContextRequest {
  readonly subject: string
  /** The lifetime. Default `'1h'`, at most `'24h'`. */
  readonly expiresIn?: Duration | undefined
  /**
   * Does not count what open sessions of this subject, and of names above and below it, have seen up to now. Whoever may ask
   * for that can shed every exposure, so guard it. Default `false`.
   */
  readonly fresh?: boolean | undefined
}

/** The fork to make. */
export interface ForkRequest {
  /** The subject of the fork: that of the context, or a name below it. */
  readonly subject: string
  /** The lifetime. Default: what is left of the context, which is also the longest. */
  readonly expiresIn?: Duration | undefined
}

/** The exposure to record. */
export interface ExposureRequest {
  readonly exposures: readonly string[]
  /** What exposed the session, for the record. */
  readonly source: string
}

/** Mints what a policy allows. */
export interface Engine<Definition extends SchemaDefinition = SchemaDefinition> {
  /**
   * Mints a capability if the policy allows it.
   *
   * @throws `EngineError` with the step that refused. Then nothing was minted, spent or recorded.
   * @throws `TypeError` that starts with the name of the member of `request` that is unknown or wrong.
   */
  mint(request: MintRequest<Definition>): Promise<MintedCapability>
  /** Says what `mint` would do, by the same steps, and mints, spends and records nothing. */
  evaluate(request: MintRequest<Definition>): Promise<Evaluation>
  /** Mints an identity of a subject that the policy knows. Throws as `mint`. */
  mintIdentity(request: IdentityRequest): Promise<string>
  /** Opens a session and mints its context. Throws as `mint`. */
  mintContext(request: ContextRequest): Promise<string>
  /** Mints a context for a child, in the same session. Throws as `mint`. */
  forkContext(context: string, request: ForkRequest): Promise<string>
  /** Records exposures in a session and its context. Throws as `mint`. */
  addExposure(context: string, request: ExposureRequest): Promise<string>
  /** What a subject may ask for: its grants that all of its ancestors hold too. */
  capabilitiesOf(subject: string): Promise<readonly Grant[]>
  /** The declared subjects that may ask for an operation on a target. */
  whoCan(target: string, operation: string): Promise<readonly string[]>
  /**
   * Replaces policy and schema at once. They are checked first: if they do not fit, the running ones stay in force. A mint
   * that is under way sees the old ones.
   *
   * @throws `PolicyError` with every fault.
   */
  reload(parts: { readonly policy: PolicyBackend; readonly schema?: Schema<Definition> | undefined }): void
}
