import type { PublicKey } from '../../keys/internal/keys.ts'
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts'
import type { RootKeys } from '../signature/root-keys.ts'
import { assertP256Signatures } from '../signature/signers.ts'
import { verifySignatures } from '../signature/verify-signatures.ts'
import { decodeToken, type Token } from '../token/decode-token.ts'
import { assertProfile } from '../token/profile.ts'

/**
 * Decodes a token, verifies its signatures, and makes sure that the evaluator supports all of it.
 *
 * @param assertSupported - Refuses a token that is not supported. Default: by the profile, as every verifier must.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `unavailable`, `invalid_signature`,
 *   `unsupported_block`.
 */
export async function authenticateToken(
  text: string,
  roots: RootKeys,
  limits: Limits = DEFAULT_LIMITS,
  assertSupported: (token: Token) => void = assertProfile,
): Promise<{ token: Token; root: PublicKey }> {
  const token = decodeToken(text, limits)
  const root = await roots(token.rootKeyId)
  assertP256Signatures(token, root.publicKey, limits)
  await verifySignatures(token, root)
  assertSupported(token)
  return { token, root: root.publicKey }
}
