import { CapabilityError } from '../../internal/base/capability-error.ts'
import { DEFAULT_LIMITS } from '../../internal/base/limits.ts'
import { canonicalIdOf } from '../../internal/rules/revocation.ts'
import { decodeToken } from '../../internal/token/decode-token.ts'
import type { PrivateKey } from '../../keys/internal/keys.ts'
import type { UseLedger } from '../use-ledger.ts'

/** Notes the one use of a token that was just minted. Errors: `unavailable` when the ledger fails; the token is then good for nothing. */
export async function issueFacet(
  ledger: UseLedger,
  token: string,
  root: PrivateKey,
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
