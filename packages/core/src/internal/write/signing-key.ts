import { writePrivateJwk } from '../../keys/internal/jwk.ts'
import type { PrivateKey, PublicKey } from '../../keys/internal/keys.ts'
import { publicKeyOf } from '../../keys/internal/public-key-of.ts'
import type { Bytes } from '../base/bytes.ts'
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
  const { name, ...algorithm } = ALGORITHMS[privateKey.algorithm]
  let key: Promise<CryptoKey> | undefined
  return {
    privateKey,
    publicKey,
    async sign(data) {
      // A JWK, because every platform reads it, and it has the public key: no platform must derive it.
      key ??= crypto.subtle.importKey('jwk', writePrivateJwk(privateKey, publicKey), { name, ...algorithm }, false, [
        'sign',
      ])
      const signature = new Uint8Array(await crypto.subtle.sign({ name, ...algorithm }, await key, data))
      return name === 'ECDSA' ? canonicalSignature(signature) : signature
    },
  }
}

const ALGORITHMS = {
  ed25519: { name: 'Ed25519' },
  secp256r1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const

/**
 * The form in which a signature on P-256 is written: DER with the lower s. A signature has two values of s, and the
 * revocation id depends on it.
 */
export function canonicalSignature(signature: Bytes): Bytes {
  const der = signature.length === COMPACT_LENGTH ? derSignature(signature) : signature
  return new Uint8Array(lowSignature(der))
}

const COMPACT_LENGTH = 64
