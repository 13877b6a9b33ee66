import { createLRU } from 'lru.min'
import type { PublicKey } from '../../keys/internal/keys.ts'
import type { Steps } from '../base/steps.ts'
import type { PlatformKey } from '../crypto/platform-crypto.ts'
import { importVerifyingKey, type VerifyingKey } from './verify-signature.ts'

/** How many imported keys of third parties are kept. An attester signs many tokens with one key. */
const MAX_THIRD_PARTIES = 256

const thirdParties = createLRU<string, VerifyingKey>({ max: MAX_THIRD_PARTIES })

/**
 * The imported next keys, for as long as the decoded block that names one is kept. No value names its key: an engine without
 * ephemerons, such as QuickJS, would keep both for ever.
 */
const nextKeys = new WeakMap<PublicKey, PlatformKey>()

/**
 * The next key of a block, imported once.
 *
 * @throws `CapabilityError` as `importVerifyingKey`.
 */
export function* importNextKey(publicKey: PublicKey): Steps<VerifyingKey> {
  const known = nextKeys.get(publicKey)
  if (known !== undefined) return { publicKey, key: known }
  const imported = yield* importVerifyingKey(publicKey)
  nextKeys.set(publicKey, imported.key)
  return imported
}

/**
 * The key of a third party, imported once while it is in use.
 *
 * @throws `CapabilityError` as `importVerifyingKey`.
 */
export function* importThirdParty(publicKey: PublicKey): Steps<VerifyingKey> {
  const known = thirdParties.get(publicKey.text)
  if (known !== undefined) return known
  const imported = yield* importVerifyingKey(publicKey)
  thirdParties.set(publicKey.text, imported)
  return imported
}
