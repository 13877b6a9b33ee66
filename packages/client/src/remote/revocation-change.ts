/** One thing that an authority has revoked. */
export interface RevokedEntry {
  /** `'token'`: a block of tokens, by its revocation id. `'actor'`: an identity, by its name. */
  readonly type: 'token' | 'actor'
  /** A revocation id in lower-case hex, or a name. */
  readonly value: string
  /** When the last token that it concerns has expired, in Unix seconds. */
  readonly expiresAt: number
}

/** What was heard of a revocation feed. */
export interface RevocationChange {
  /** What was revoked since the change before; in the first one, everything that is known. Oldest first, and often nothing. */
  readonly entries: readonly RevokedEntry[]
  /** The time up to which nothing is missing, in Unix seconds, by the clock that says less. */
  readonly asOf: number
}
