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
 * Tokens by their exact text, the least recently used first. Only tokens that were proven with the default limits and
 * the profile enter, and nothing that depends on the time.
 */
const known = new Map<string, ProvenToken>()

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
    if (publicKey.text === earlier.root.text) return remember(text, earlier)
  }
  return remember(text, await authenticateToken(text, roots))
}

/** Root keys that are given as text: then the same text is always the same key, and it is imported once. */
const imported = new Map<string, RootKeys>()

function rootsOf(keys: Keys): RootKeys {
  if (typeof keys !== 'string') return rootKeys(keys)
  const roots = imported.get(keys) ?? rootKeys(keys)
  keepLatest(imported, keys, roots)
  return roots
}

function remember(text: string, proven: ProvenToken): ProvenToken {
  keepLatest(known, text, proven)
  return proven
}

/** Sets an entry as the latest one, and drops the oldest if there are too many. */
function keepLatest<Value>(entries: Map<string, Value>, key: string, value: Value): void {
  entries.delete(key)
  entries.set(key, value)
  if (entries.size <= MOST) return
  const [oldest] = entries.keys()
  entries.delete(oldest as string)
}
