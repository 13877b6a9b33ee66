import type { PublicKey } from '../../keys/internal/keys.ts'
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts'
import type { RootKeys } from '../signature/root-keys.ts'
import { assertP256Signatures } from '../signature/signers.ts'
import { verifySignatures } from '../signature/verify-signatures.ts'
import { decodeToken, type Token } from '../token/decode-token.ts'
import { assertProfile } from '../token/profile.ts'

/**
 * Decodes a token, proves it, and holds it against the profile: what comes back may be judged.
 *
 * Errors: `malformed_token`, `limits_exceeded`, `untrusted_key`, `unavailable`, `invalid_signature`, `unsupported_block`.
 *
 * @param assertSupported - Another demand than the profile, for whoever does not judge the token. Default: the profile.
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
