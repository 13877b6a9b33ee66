import { isUsualPoint, type PublicKey } from '../../keys/internal/keys.ts'
import type { Bytes } from '../base/bytes.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { outcomeOf, type Steps } from '../base/steps.ts'
import { malformed } from '../base/unproven.ts'
import {
  hasHighS,
  type P256Signature,
  readCompactSignature,
  readSignature,
  twinOf,
  writeSignature,
} from '../crypto/p256.ts'
import { platform } from '../crypto/platform.ts'
import type { PlatformKey } from '../crypto/platform-crypto.ts'

const ED25519_SIGNATURE_LENGTH = 64
const ED25519_R_LENGTH = 32

/** A public key, ready for the platform's crypto. */
export type VerifyingKey = { readonly publicKey: PublicKey; readonly key: PlatformKey }

/**
 * Imports a key into the platform's crypto.
 *
 * @throws `CapabilityError`: `malformed_token` for bytes that are not a point of the curve; `unsupported_block` for a curve that the
 *   platform does not have.
 */
export function* importVerifyingKey(publicKey: PublicKey): Steps<VerifyingKey> {
  try {
    return { publicKey, key: yield* outcomeOf(platform().importKey(publicKey.algorithm, publicKey.bytes)) }
  } catch (cause) {
    // A device may have one curve only, and says so.
    throw cause instanceof CapabilityError ? cause : malformed(cause)
  }
}

/**
 * Whether `signature` over `data` verifies: Ed25519 (RFC 8032), or ECDSA over P-256 with SHA-256 and a DER signature.
 *
 * The holder of an Ed25519 key can make a signature with an R of small order. Platforms disagree about such a
 * signature, so it never verifies here.
 *
 * @throws `CapabilityError`: `malformed_token` for a signature with an invalid encoding.
 */
export function* verifySignature({ publicKey, key }: VerifyingKey, signature: Bytes, data: Bytes): Steps<boolean> {
  if (publicKey.algorithm === 'ed25519') {
    if (signature.length !== ED25519_SIGNATURE_LENGTH) throw malformed()
    if (!isUsualPoint(signature.subarray(0, ED25519_R_LENGTH))) return false
    return yield* outcomeOf(platform().verifyEd25519(key, signature, data))
  }
  parseP256Signature(signature)
  return yield* outcomeOf(platform().verifyP256(key, signature, data))
}

/** The other encoding of a P-256 signature, (r, n - s). It verifies as well, and anyone can compute it. */
export function twinSignature(signature: Uint8Array): Uint8Array {
  return writeSignature(twinOf(parseP256Signature(signature)))
}

/** Of the two encodings of a P-256 signature, the one whose s is at most n/2. It represents both. */
export function lowSignature(signature: Uint8Array): Uint8Array {
  return hasHighS(parseP256Signature(signature)) ? twinSignature(signature) : signature
}

/** The DER form of a P-256 signature of 64 bytes, r and s. */
export function derSignature(compact: Uint8Array): Uint8Array {
  return writeSignature(readCompactSignature(compact))
}

function parseP256Signature(der: Uint8Array): P256Signature {
  const signature = readSignature(der)
  if (signature === undefined) throw malformed()
  return signature
}
