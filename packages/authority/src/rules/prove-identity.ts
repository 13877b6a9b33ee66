import { CapabilityError, type VerifiedIdentity } from '@writ/core'
import { AuthorityError } from '../authority-error.ts'
import type { Rules } from './rules.ts'

/**
 * Proves an identity that was presented. Whether it is revoked, the act asks when it commits.
 *
 * @throws `AuthorityError` `refused_credential`, whatever is wrong with it, and `unavailable`.
 */
export async function proveIdentity(rules: Rules, token: string): Promise<VerifiedIdentity> {
  try {
    return await rules.identities.verify(token)
  } catch (cause) {
    if (!(cause instanceof CapabilityError)) throw cause
    throw new AuthorityError(cause.code === 'unavailable' ? 'unavailable' : 'refused_credential', {}, { cause })
  }
}
