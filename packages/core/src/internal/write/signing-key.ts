import { writePrivateJwk } from '../../keys/internal/jwk.ts'
import type { PrivateKey, PublicKey } from '../../keys/internal/keys.ts'
import { publicKeyOf } from '../../keys/internal/public-key-of.ts'
import type { Bytes } from '../base/bytes.ts'
import { platform } from '../crypto/platform.ts'
import type { PlatformKey } from '../crypto/platform-crypto.ts'
import { derSignature, lowSignature } from '../signature/verify-signature.ts'

/** A key that signs blocks, ready for use. */
export interface SigningKey {
  readonly publicKey: PublicKey
  /** Signs as the format wants it: Ed25519, or ECDSA over P-256 as DER. */
  sign(data: Bytes): Promise<Bytes>
}

/** A signing key that is in this process. */
export interface LocalKey extends SigningKey {
  readonly privateKey: PrivateKey
}

/** Makes an Ed25519 key from the platform's secure random numbers. */
export async function newKey(): Promise<LocalKey> {
  const privateKey = { algorithm: 'ed25519', bytes: crypto.getRandomValues(new Uint8Array(32)) } as const
  return localKey(privateKey, await publicKeyOf(privateKey))
}

/** A key pair that signs with the platform's crypto, which imports it when it is first used. */
export function localKey(privateKey: PrivateKey, publicKey: PublicKey): LocalKey {
  const { algorithm } = privateKey
  let key: PlatformKey | Promise<PlatformKey> | undefined
  return {
    privateKey,
    publicKey,
    async sign(data) {
      const crypto = platform()
      key ??= crypto.importPrivateKey(algorithm, writePrivateJwk(privateKey, publicKey))
      const signature = new Uint8Array(await crypto.sign(algorithm, await key, data))
      return algorithm === 'secp256r1' ? canonicalSignature(signature) : signature
    },
  }
}

/**
 * The form in which a signature on P-256 is written: DER with the lower s. A signature has two values of s, and the
 * revocation id depends on it.
 */
export function canonicalSignature(signature: Bytes): Bytes {
  const der = signature.length === COMPACT_LENGTH ? derSignature(signature) : signature
  return new Uint8Array(lowSignature(der))
}

const COMPACT_LENGTH = 64
