/** The members of every verified token. */
export interface VerifiedToken {
  /** When the token ends, in Unix seconds. */
  readonly expiresAt: number
  /** One id per block, that of the authority block first, as lower-case hex. */
  readonly revocationIds: readonly string[]
  /** Which root key signed it, if the token says so. */
  readonly rootKeyId: number | undefined
  /** The token itself. A hidden getter, so that printing, logging or copying the result does not reveal it. */
  readonly token: string
}
