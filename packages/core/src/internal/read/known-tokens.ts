import type { PublicKey } from '../../keys/internal/keys.ts'
import type { RootKeys } from '../signature/root-keys.ts'
import type { Token } from '../token/decode-token.ts'
import { authenticateToken } from './authenticate-token.ts'

/** A token whose signatures are verified, and the root key that it was verified with. */
export interface ProvenToken {
  readonly token: Token
  readonly root: PublicKey
}

/** Whoever attenuates holds few tokens, and attenuates them over and over. */
const MOST = 64

/**
 * Tokens by their exact text, the least recently used first. Only tokens that were proven with the default limits and
 * the profile enter, and nothing that depends on the time.
 */
const known = new Map<string, ProvenToken>()

/**
 * As `authenticateToken`, but a token that this process has proven lately is not proven again. The root key is looked
 * up each time, so a token of a retired key is refused at once.
 *
 * @throws `CapabilityError` as `authenticateToken`.
 */
export async function authenticateOnce(text: string, roots: RootKeys): Promise<ProvenToken> {
  const earlier = known.get(text)
  if (earlier !== undefined) {
    const { publicKey } = await roots(earlier.token.rootKeyId)
    if (publicKey.text === earlier.root.text) return remember(text, earlier)
  }
  return remember(text, await authenticateToken(text, roots))
}

function remember(text: string, proven: ProvenToken): ProvenToken {
  known.delete(text)
  known.set(text, proven)
  if (known.size > MOST) {
    const [oldest] = known.keys()
    known.delete(oldest as string)
  }
  return proven
}
