import type { Bytes } from '../base/bytes.ts'

/** A public key as the platform keeps it. */
export type PlatformKey = object

type Curve = 'ed25519' | 'secp256r1'

/**
 * What the reader needs of the platform's crypto. Each function may answer with a promise, or throw for bytes that the
 * platform does not take. A verdict never depends on the platform: what platforms disagree about is refused before they
 * are asked.
 */
export interface PlatformCrypto {
  /** Whether every function answers at once. */
  readonly isSync: boolean
  /**
   * Imports a public key.
   *
   * @param bytes - 32 bytes for Ed25519, 33 for P-256 (compressed SEC1 point).
   */
  importKey(curve: Curve, bytes: Bytes): PlatformKey | Promise<PlatformKey>
  /** Verifies an Ed25519 signature of 64 bytes (RFC 8032). */
  verifyEd25519(key: PlatformKey, signature: Bytes, data: Bytes): boolean | Promise<boolean>
  /** Verifies an ECDSA signature over SHA-256, in DER that has been read strictly. */
  verifyP256(key: PlatformKey, der: Bytes, data: Bytes): boolean | Promise<boolean>
  /** Imports a private key. A JWK has its public key too, so no platform must derive it. */
  importPrivateKey(curve: Curve, jwk: object): PlatformKey | Promise<PlatformKey>
  /** Signs: Ed25519, or ECDSA over SHA-256, always 64 bytes. */
  sign(curve: Curve, key: PlatformKey, data: Bytes): Bytes | Promise<Bytes>
  /** Derives the public key of an Ed25519 seed. */
  publicKeyOfSeed(seed: Bytes): Bytes | Promise<Bytes>
  /** Whether a P-256 private key belongs to a public key, a compressed point. */
  isP256Pair(secret: Bytes, publicKey: Bytes): boolean | Promise<boolean>
}
