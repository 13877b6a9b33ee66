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
  /**
   * The names that it was delegated by, that of the subject first. Empty if the authority vouches for this exact name. None
   * of them can hand on more than it has itself.
   */
  readonly delegatedBy: readonly string[]
  /** How many times the token was delegated. */
  readonly depth: number
}
