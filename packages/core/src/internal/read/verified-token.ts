/** What every token has that a verifier has accepted. */
export interface VerifiedToken {
  /** Unix seconds. */
  readonly expiresAt: number
  /** One a block, the authority block's first: lower-case hex. */
  readonly revocationIds: readonly string[]
  readonly rootKeyId: number | undefined
  /** The token itself; a hidden getter, so that printing, logging or copying what was verified does not show it. */
  readonly token: string
}
