import { idsOf } from '../rules/revocation.ts'
import type { ProvenToken } from './prove-token.ts'
import type { VerifiedToken } from './verified-token.ts'

/** What a verifier hands out: what is particular to the kind, and what every verified token has. */
export function describeToken<Particular extends object>(
  { token, end }: ProvenToken<unknown>,
  particular: Particular,
): Readonly<Particular> & VerifiedToken {
  const described = {
    ...particular,
    expiresAt: Number(end.at),
    revocationIds: idsOf(token),
    rootKeyId: token.rootKeyId,
  }
  return Object.freeze(Object.defineProperty(described, 'token', { value: token.text })) as typeof described &
    VerifiedToken
}
