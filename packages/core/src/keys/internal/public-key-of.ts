import { p256 } from '@noble/curves/nist.js'
import { platform } from '../../internal/crypto/platform.ts'
import { type PrivateKey, type PublicKey, publicKeyFromBytes } from './keys.ts'

/** Derives the public key. */
export async function publicKeyOf({ algorithm, bytes }: PrivateKey): Promise<PublicKey> {
  const derived = algorithm === 'ed25519' ? await platform().publicKeyOfSeed(bytes) : p256.getPublicKey(bytes, true)
  return publicKeyFromBytes(algorithm, new Uint8Array(derived))
}
