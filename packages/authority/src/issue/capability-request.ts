import type { EngineError, MintedCapability } from '@writ/engine'
import type { AuthorityError } from '../authority-error.ts'

/** A capability that the bearer of an identity asks for. */
export interface CapabilityRequest {
  readonly target: string
  readonly operation: string
  /** Names the object: one value per label. Default: none, or what the resolver says. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  /** The only service at which it may be used. Default: that of the policy. */
  readonly anchor?: string | undefined
  /** Seconds. Default 300. The shortest of this, the policy's `max_ttl` and what is left of the identity counts. */
  readonly expiresIn?: number | undefined
  /** Allows a single use. Default `false`. */
  readonly singleUse?: boolean | undefined
  /** The context of the session in which it is used. Default: none. */
  readonly context?: string | undefined
}

/** What became of one request: a capability, or the error that refused it. */
export type CapabilityAnswer =
  | { readonly minted: MintedCapability; readonly refused?: undefined }
  | { readonly minted?: undefined; readonly refused: EngineError | AuthorityError }
