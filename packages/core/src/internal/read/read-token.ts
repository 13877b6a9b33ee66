import type { PublicKey } from '../../keys/internal/keys.ts'
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts'
import { prove } from '../signature/prove.ts'
import type { RootKeys } from '../signature/root-keys.ts'
import { decodeToken, type Token } from '../token/decode-token.ts'
import { assertProfile } from '../token/profile.ts'

/**
 * Decodes a token, proves it, and holds it against the profile: what comes back may be judged.
 *
 * Errors: `malformed_token`, `limits_exceeded`, `untrusted_key`, `unavailable`, `invalid_signature`, `unsupported_block`.
 */
export async function readToken(
  text: string,
  roots: RootKeys,
  limits: Limits = DEFAULT_LIMITS,
): Promise<{ token: Token; root: PublicKey }> {
  const token = decodeToken(text, limits)
  const root = await roots(token.rootKeyId)
  await prove(token, root)
  assertProfile(token)
  return { token, root: root.publicKey }
}

/**
 * Whether a token could be read, signatures aside: what a writer asks of its own output.
 *
 * Errors: `malformed_token`, `limits_exceeded`, `unsupported_block`.
 */
export function assertReadable(text: string): void {
  assertProfile(decodeToken(text, DEFAULT_LIMITS))
}

/** The same as a question. */
export function isReadable(text: string): boolean {
  try {
    assertReadable(text)
    return true
  } catch {
    return false
  }
}
