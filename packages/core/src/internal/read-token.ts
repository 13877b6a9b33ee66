import { DEFAULT_LIMITS, type Limits } from '../limits.ts'
import { prove } from './crypto/prove.ts'
import type { RootKeys } from './crypto/root-keys.ts'
import { assertP256Signatures } from './crypto/signers.ts'
import { type Fact, World } from './evaluate/world.ts'
import type { PublicKey } from './keys.ts'
import { decodeToken, type SignedBlock, type Token } from './token/decode-token.ts'
import { assertProfile } from './token/profile.ts'

/**
 * Decodes a token, proves it, and holds it against the profile: what comes back may be judged.
 *
 * Errors: `malformed_token`, `limits_exceeded`, `untrusted_key`, `unavailable`, `invalid_signature`, `unsupported_block`.
 *
 * @param assertSupported - Another demand than the profile, for whoever does not judge the token. Default: the profile.
 */
export async function readToken(
  text: string,
  roots: RootKeys,
  limits: Limits = DEFAULT_LIMITS,
  assertSupported: (token: Token) => void = assertProfile,
): Promise<{ token: Token; root: PublicKey }> {
  const token = decodeToken(text, limits)
  const root = await roots(token.rootKeyId)
  assertP256Signatures(token, root.publicKey, limits)
  await prove(token, root)
  assertSupported(token)
  return { token, root: root.publicKey }
}

/** The facts that the blocks state. */
export function statedFacts(blocks: readonly SignedBlock[]): Fact[] {
  return blocks.flatMap(({ content }, origin) => content.facts.map((predicate) => ({ predicate, origin })))
}

/** The world of what the token itself states. */
export function statedWorld(blocks: readonly SignedBlock[]): World {
  return new World(statedFacts(blocks))
}
