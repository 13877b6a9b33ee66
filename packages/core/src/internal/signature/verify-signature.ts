import { p256 } from '@noble/curves/nist.js'
import { isUsualPoint, type PublicKey } from '../../keys/internal/keys.ts'
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { malformed } from '../base/unproven.ts'

const ED25519_SIGNATURE_LENGTH = 64
const ED25519_R_LENGTH = 32

/** A public key, ready for the platform's crypto. */
export type VerifyingKey = { readonly publicKey: PublicKey; readonly key: CryptoKey }

/**
 * Imports a key into the platform's crypto. Compressed P-256 points are unpacked first, because not every platform
 * reads them.
 *
 * @throws `CapabilityError`: `malformed_token` for bytes that are not a point of the curve.
 */
export async function importVerifyingKey(publicKey: PublicKey): Promise<VerifyingKey> {
  try {
    const [raw, algorithm] =
      publicKey.algorithm === 'ed25519'
        ? [publicKey.bytes, 'Ed25519']
        : [p256.Point.fromBytes(publicKey.bytes).toBytes(false), { name: 'ECDSA', namedCurve: 'P-256' }]
    return { publicKey, key: await crypto.subtle.importKey('raw', raw as Bytes, algorithm, false, ['verify']) }
  } catch (cause) {
    throw malformed(cause)
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
export async function verifySignature(key: VerifyingKey, signature: Bytes, data: Bytes): Promise<boolean> {
  if (key.publicKey.algorithm === 'ed25519') {
    if (signature.length !== ED25519_SIGNATURE_LENGTH) throw malformed()
    if (!isUsualPoint(signature.subarray(0, ED25519_R_LENGTH))) return false
    return crypto.subtle.verify('Ed25519', key.key, signature, data)
  }
  const compact = parseP256Signature(signature).toBytes('compact') as Bytes
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key.key, compact, data)
}

/** The other encoding of a P-256 signature, (r, n - s). It verifies as well, and anyone can compute it. */
export function twinSignature(signature: Uint8Array): Uint8Array {
  const { r, s } = parseP256Signature(signature)
  return new p256.Signature(r, p256.Point.Fn.ORDER - s).toBytes('der')
}

/** Of the two encodings of a P-256 signature, the one whose s is at most n/2. It represents both. */
export function lowSignature(signature: Uint8Array): Uint8Array {
  return parseP256Signature(signature).hasHighS() ? twinSignature(signature) : signature
}

/** The DER form of a P-256 signature of 64 bytes, r and s. */
export function derSignature(compact: Uint8Array): Uint8Array {
  return p256.Signature.fromBytes(compact, 'compact').toBytes('der')
}

/** Reads strict DER: writing the signature again must give the same bytes, so that a signature has one spelling. */
function parseP256Signature(der: Uint8Array): InstanceType<typeof p256.Signature> {
  try {
    const signature = p256.Signature.fromBytes(der, 'der')
    if (equalBytes(signature.toBytes('der'), der)) return signature
  } catch {}
  throw malformed()
}
