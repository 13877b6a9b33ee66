import type { Keys } from '@writ/core/hold'
import { proveToken, wrongAnswer } from '../base/prove-token.ts'

/** An identity that was proven to be the authority's word. */
export interface ProvenIdentity {
  readonly token: string
  readonly subject: string
  /** Unix seconds. */
  readonly expiresAt: number
}

/** @throws `ClientError`: `bad_answer` if it is no identity of these keys; `unavailable` if the keys cannot be had. */
export async function proveIdentity(token: string, keys: Keys): Promise<ProvenIdentity> {
  const { kind, subject, expiresAt } = await proveToken(token, keys)
  if (kind !== 'identity' || subject === undefined || expiresAt === undefined)
    throw wrongAnswer('the token is no identity')
  return { token, subject, expiresAt }
}
