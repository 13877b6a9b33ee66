import { createLRU } from 'lru.min'
import { parsePublicKey } from '../../keys/internal/keys.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import type { Steps } from '../base/steps.ts'
import { lookupsOf } from './key-lookups.ts'
import type { Keys } from './root-key-source.ts'
import { importVerifyingKey, type VerifyingKey } from './verify-signature.ts'

/**
 * Finds the root key for a root key id.
 *
 * @throws `CapabilityError`: `untrusted_key` for an unknown id, `unavailable` if the resolver fails.
 */
export type RootKeys = (rootKeyId: number | undefined) => Steps<VerifyingKey>

const MAX_ROOT_KEY_ID = 0xffff_ffff

/** At most so many imported keys are kept: over time a resolver may return any number of keys. */
const MAX_IMPORTED = 64

/**
 * Prepares the look-up of root keys. Keys are checked now, unless `keys` is a function.
 *
 * @param now - The clock for unknown ids of a resolver, in Unix seconds. Default: the system's.
 * @throws `TypeError` that starts with `keys` for anything that is not a public key.
 */
export function rootKeys(keys: Keys, now: Clock = systemClock): RootKeys {
  const find = resolver(keys, now)
  const imported = createLRU<string, VerifyingKey>({ max: typeof keys === 'string' ? 1 : MAX_IMPORTED })
  return function* (rootKeyId) {
    const found = find(rootKeyId)
    const text = typeof found === 'object' ? yield* found : found
    if (text === undefined) throw new CapabilityError('untrusted_key', { proven: false })
    const known = imported.get(text)
    if (known !== undefined) return known
    const key = yield* importRootKey(text)
    imported.set(text, key)
    return key
  }
}

type Find = (rootKeyId: number | undefined) => string | undefined | Steps<string | undefined>

function resolver(keys: Keys, now: Clock): Find {
  if (typeof keys === 'function') return (rootKeyId) => lookupsOf(keys).find(rootKeyId, now)
  if (typeof keys === 'string') {
    const { text } = parsePublicKey(keys, 'keys')
    return () => text
  }
  const byId = parseKeyMap(keys)
  return (rootKeyId) => byId.get(rootKeyId ?? 'default')
}

function parseKeyMap(keys: ReadonlyMap<number | 'default', string>): ReadonlyMap<number | 'default', string> {
  if (!(keys instanceof Map) || keys.size === 0) {
    throw new TypeError('keys: must be a public key, a Map from root key id to public key, or a function')
  }
  for (const id of keys.keys()) {
    if (id !== 'default' && !(Number.isInteger(id) && id >= 0 && id <= MAX_ROOT_KEY_ID)) {
      throw new TypeError("keys: a root key id is an integer from 0 to 4294967295, or 'default'")
    }
  }
  return new Map([...keys].map(([id, key]) => [id, parsePublicKey(key, `keys[${id}]`).text]))
}

/** If a resolver returns something that is not a key, that is a fault of this service and not of the token. */
function* importRootKey(text: string): Steps<VerifyingKey> {
  try {
    return yield* importVerifyingKey(parsePublicKey(text, 'keys'))
  } catch (cause) {
    throw new CapabilityError('unavailable', { proven: false, cause })
  }
}
