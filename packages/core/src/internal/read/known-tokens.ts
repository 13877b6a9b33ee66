import { createLRU } from 'lru.min'
import type { PublicKey } from '../../keys/internal/keys.ts'
import { whenDone } from '../base/steps.ts'
import type { Keys } from '../signature/root-key-source.ts'
import { type RootKeys, rootKeys } from '../signature/root-keys.ts'
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
 * Tokens by their exact text. Only tokens that were proven with the default limits and the profile enter, and nothing
 * that depends on the time.
 */
const known = /* @__PURE__ */ createLRU<string, ProvenToken>({ max: MOST })

/**
 * As `authenticateToken`, but a token that this process has proven lately is not proven again. The root key is looked
 * up each time, so a token of a retired key is refused at once.
 *
 * @throws `TypeError` that starts with `keys` for anything that is not a public key.
 * @throws `CapabilityError` as `authenticateToken`.
 */
export async function authenticateOnce(text: string, keys: Keys): Promise<ProvenToken> {
  const roots = rootsOf(keys)
  const earlier = known.get(text)
  if (earlier !== undefined) {
    const { publicKey } = await whenDone(roots(earlier.token.rootKeyId))
    if (publicKey.text === earlier.root.text) return earlier
  }
  const proven = await authenticateToken(text, roots)
  known.set(text, proven)
  return proven
}

/** Root keys that are given as text: then the same text is always the same key, and it is imported once. */
const imported = /* @__PURE__ */ createLRU<string, RootKeys>({ max: MOST })

function rootsOf(keys: Keys): RootKeys {
  if (typeof keys !== 'string') return rootKeys(keys)
  const known = imported.get(keys)
  if (known !== undefined) return known
  const roots = rootKeys(keys)
  imported.set(keys, roots)
  return roots
}
