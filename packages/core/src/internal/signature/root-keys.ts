import { parsePublicKey } from '../../keys/internal/keys.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { lookupsOf } from './key-lookups.ts'
import type { Keys } from './root-key-source.ts'
import { importVerifyingKey, type VerifyingKey } from './verify-signature.ts'

/** Finds the root key for a root key id. Errors: `untrusted_key` for an unknown id, `unavailable` when a resolver fails. */
export type RootKeys = (rootKeyId: number | undefined) => Promise<VerifyingKey>

const MAX_ROOT_KEY_ID = 0xffff_ffff

/** Resolved keys are kept imported, a few at most: a resolver may return any number of them over time. */
const MAX_IMPORTED = 64

/**
 * Errors: `TypeError` naming `keys` for anything that is not a public key, here and now unless `keys` is a function.
 *
 * @param now - The clock by which ids that a resolver does not know are forgotten again. Default: the system's.
 */
export function rootKeys(keys: Keys, now: Clock = systemClock): RootKeys {
  const find = resolver(keys, now)
  const imported = new Map<string, Promise<VerifyingKey>>()
  return async (rootKeyId) => {
    const text = await find(rootKeyId)
    if (text === undefined) throw new CapabilityError('untrusted_key', { proven: false })
    const known = imported.get(text)
    if (known !== undefined) return known
    if (imported.size >= MAX_IMPORTED) imported.clear()
    const importing = importRootKey(text)
    imported.set(text, importing)
    return importing
  }
}

function resolver(keys: Keys, now: Clock): (rootKeyId: number | undefined) => Promise<string | undefined> {
  if (typeof keys === 'function') return (rootKeyId) => lookupsOf(keys).find(rootKeyId, now)
  if (typeof keys === 'string') {
    const { text } = parsePublicKey(keys, 'keys')
    return async () => text
  }
  const byId = parseKeyMap(keys)
  return async (rootKeyId) => byId.get(rootKeyId ?? 'default')
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

/** A resolver that returns what is no key is a fault of this side, not of the token. */
async function importRootKey(text: string): Promise<VerifyingKey> {
  try {
    return await importVerifyingKey(parsePublicKey(text, 'keys'))
  } catch (cause) {
    throw new CapabilityError('unavailable', { proven: false, cause })
  }
}
