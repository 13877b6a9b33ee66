import type { Duration, Keys } from '@writ/core/hold'
import type { IdentitySource } from './identity-source.ts'

/** The options of a client. */
export interface ClientOptions {
  /** Where the authority is: `'https://authority.acme.example'`. `https:`, or `http:` to the machine itself. */
  readonly url: string
  /**
   * The authority's root public keys, as a verifier takes them: a key, a map, or what `remoteKeys` returns. What the
   * authority answers is verified with them, and so is what the client narrows.
   */
  readonly keys: Keys
  /** Who this client is; see {@link IdentitySource}. */
  readonly identity: IdentitySource
  /** How much of its life a remembered capability must have left to be handed out. Default `'15s'`. */
  readonly minimumLife?: Duration | undefined
  /** How long the authority, or a service that is called, may take to answer, retries included. Default `'10s'`. */
  readonly timeout?: Duration | undefined
  /** How many capabilities are remembered; the one that was not used for longest goes first. Default 1000. */
  readonly maxCapabilities?: number | undefined
  /**
   * Which services are where: from anchor to origin (`{ 'service:billing': 'https://billing.acme.example' }`). With it,
   * `fetch` sends a capability with an anchor that it names only to that origin, and sends none without such an anchor.
   * Default: `fetch` sends to the origin that its caller names.
   */
  readonly services?: Readonly<Record<string, string>> | undefined
  /** Allows `http:` to an authority on another machine, where something else protects the network. Default `false`. */
  readonly allowInsecure?: boolean | undefined
  /** Sends the requests: a service binding of workerd, for example. Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** The capability to ask for. */
export interface CapabilityRequest {
  /** The resource: `'invoices'`. */
  readonly target: string
  /** What may be done with it: `'read'`. */
  readonly operation: string
  /** Names the object: one value per label. Default: none, and the capability is as wide as the policy allows. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  /** The only service at which it may be used. Default: that of the policy. */
  readonly anchor?: string | undefined
  /** The lifetime. Default: that of the authority. The shortest of this, the policy's and the identity's counts. */
  readonly expiresIn?: Duration | undefined
  /** The context of the session in which it is used. A capability of a session is never remembered. Default: none. */
  readonly context?: string | undefined
  /** Allows a single use, if the authority has a ledger of uses. Such a capability is never remembered. Default `false`. */
  readonly singleUse?: boolean | undefined
}

/** A capability that was minted for this client, and what it says. */
export interface MintedCapability {
  /** The token, URL-safe base64. */
  readonly capability: string
  readonly subject: string
  /** The end of the capability, in Unix seconds. */
  readonly expiresAt: number
  /** Whether it may be used once only. */
  readonly singleUse: boolean
  /** The context to go on with. Only if the request had one. */
  readonly context: string | undefined
}

/** The capability that a call presents. */
export interface CallCapability {
  readonly target: string
  readonly operation: string
  /** The object of this call. The client narrows the capability to it; the authority does not hear of it. Default: none. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  /**
   * Designations that the authority must name, because the policy does not leave them to the holder. Each set of values
   * is a capability of its own. Default: none.
   */
  readonly mintedFor?: Readonly<Record<string, string>> | undefined
  /** The service that is called. Default: that of the policy. */
  readonly anchor?: string | undefined
  /** The life of what is sent. Default `'10s'`. */
  readonly expiresIn?: Duration | undefined
}

/** What is to end before its time. */
export interface EndIdentityRequest {
  /** The identity whose bearer ends something. Default: that of the client. */
  readonly identity?: string | undefined
  /** Names below its subject that it may speak as, such as those of jobs. Default: the identity, with all that came from it. */
  readonly names?: readonly string[] | undefined
}

/** What the authority has revoked. */
export interface EndedIdentity {
  /** Verifiers that know the feed up to this entry refuse all of it. */
  readonly sequence: number
  /** How many entries were added; none if all of it was revoked before. */
  readonly added: number
}

/** What `client.fetch` takes: the members of `fetch` but `redirect`, and the capability. */
export interface CallInit extends Omit<RequestInit, 'redirect'> {
  readonly capability: CallCapability
  /** How long the service may take, its body included. `null`: for ever. Default: the client's `timeout`. */
  readonly timeout?: Duration | null | undefined
}

/** The session to open. */
export interface ContextOpening {
  /** The lifetime. Default: that of the authority, an hour. It ends with the identity. */
  readonly expiresIn?: Duration | undefined
}

/** What a session has seen. */
export interface ExposureReport {
  /** Labels, at least one: `['pii:email']`. */
  readonly exposures: readonly string[]
  /** Where it was seen, for the record: `'crm'`. */
  readonly source: string
}

/** What a service asks of an authority. All of it rejects with a `ClientError`, but for wrong options. */
export interface Client {
  /**
   * A capability for a right, minted or remembered. Those who ask for the same one at the same time share a request; what
   * is asked for in one tick goes to the authority together. A refusal is remembered for a second.
   *
   * @throws `ClientError`; `TypeError` that starts with the name of the member of `request` that is unknown or wrong.
   */
  capabilityFor(request: CapabilityRequest): Promise<string>
  /** Mints a capability, always: nothing is remembered or shared. It tells the context of the session to go on with. */
  mint(request: CapabilityRequest): Promise<MintedCapability>
  /**
   * Calls a service with a capability: asks for it as `capabilityFor` does, narrows a copy to the designations of the call
   * and to a few seconds, and sends that as `Authorization: Bearer`.
   *
   * It answers whatever the service does, a redirect too: none is followed, because the capability is for the origin that the
   * caller named. If the service says that the capability was revoked or has expired, and it was a remembered one, it is
   * forgotten and the call is made once more, unless its body cannot be read twice.
   *
   * @throws `ClientError`: those of `capabilityFor`; `unavailable` with `from: 'service'` if there is no answer in time.
   *   `TypeError` for a URL that may not have this capability, an `authorization` header, and wrong options.
   */
  fetch(input: string | URL | Request, init: CallInit): Promise<Response>
  /**
   * Opens a session: what it is exposed to is recorded from then on, and may preclude capabilities.
   *
   * @returns The context, for `request.context`.
   * @throws `ClientError`; `TypeError` that starts with `opening`.
   */
  openContext(opening?: ContextOpening): Promise<string>
  /**
   * Records what a session has seen. Older copies of its context gain nothing.
   *
   * @returns The context to go on with.
   * @throws `ClientError`; `TypeError` that starts with `context` or `report`.
   */
  addExposure(context: string, report: ExposureReport): Promise<string>
  /**
   * A client of the same authority for another identity, such as one that was delegated from this client's. It remembers its
   * own capabilities, and is closed for itself.
   *
   * @throws `TypeError` that starts with `identity`.
   */
  as(identity: IdentitySource): Client
  /** The identity token that the client has now. */
  identity(): Promise<string>
  /**
   * Ends names that were delegated from an identity, or the identity itself, at the authority: nothing is minted for them any
   * more, and what was minted is revoked. Whoever may speak as a name may end it. A hundred names are ended at a time.
   *
   * @throws `ClientError`; `TypeError` that starts with the name of the member of `request` that is unknown or wrong.
   */
  endIdentity(request?: EndIdentityRequest): Promise<EndedIdentity>
  /** Stops renewing the identity. Everything is refused from then on (`closed`). */
  close(): void
}
