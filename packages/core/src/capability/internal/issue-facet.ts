import { CapabilityError } from '../../internal/base/capability-error.ts'
import { DEFAULT_LIMITS } from '../../internal/base/limits.ts'
import { canonicalIdOf } from '../../internal/rules/revocation.ts'
import { decodeToken } from '../../internal/token/decode-token.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'
import type { UseLedger } from '../use-ledger.ts'

/**
 * Records the one use of a new token in a ledger.
 *
 * @throws `CapabilityError`: `unavailable` if the ledger fails. The token then cannot be used.
 */
export async function issueFacet(
  ledger: UseLedger,
  token: string,
  root: PublicKey,
  facet: string,
  expiresAt: number,
): Promise<void> {
  const tokenId = canonicalIdOf(decodeToken(token, DEFAULT_LIMITS), root)
  try {
    await ledger.issue(tokenId, facet, expiresAt)
  } catch (cause) {
    throw new CapabilityError('unavailable', { cause })
  }
}
