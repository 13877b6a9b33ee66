import type { VerifiedToken } from '../internal/read/verified-token.ts'

/** The name that the bearer of a token is proven to speak as. It permits nothing. */
export interface VerifiedIdentity extends VerifiedToken {
  readonly kind: 'identity'
  /** The proven name, such as `agent:alice:helper`. */
  readonly identity: string
  /** Who the authority issued the token to, such as `agent:alice`: the proven name, or a name above it. */
  readonly subject: string
  /**
   * Who vouches for this exact name: the authority, or a holder who delegated it. That holder can speak as any name
   * below its own.
   */
  readonly assertedBy: 'authority' | 'holder'
  /** How many times the token was delegated. */
  readonly depth: number
}
