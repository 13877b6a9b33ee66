import { p256 } from '@noble/curves/nist.js'
import { isUsualPoint, type PublicKey } from '../../keys/internal/keys.ts'
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { malformed } from '../base/unproven.ts'

const ED25519_SIGNATURE_LENGTH = 64
const ED25519_R_LENGTH = 32

/** A public key, ready for the platform's crypto. */
export type VerifyingKey = { readonly publicKey: PublicKey; readonly key: CryptoKey }

/**
 * Makes a key usable. Compressed P-256 points are unpacked first, since not every platform reads them.
 *
 * Errors: `malformed_token` for bytes that are no point of the curve.
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
 * Whoever holds an Ed25519 key can sign with an R of small order, and whether that verifies depends on the platform: here it
 * does not.
 *
 * Errors: `malformed_token` for a signature that is not encoded as it must be.
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

/** The other encoding of a P-256 signature, (r, n - s), which verifies as well and which anybody can compute. */
export function twinSignature(signature: Uint8Array): Uint8Array {
  const { r, s } = parseP256Signature(signature)
  return new p256.Signature(r, p256.Point.Fn.ORDER - s).toBytes('der')
}

/** The encoding of a P-256 signature whose s is at most n/2: of the two, the one that stands for both. */
export function lowSignature(signature: Uint8Array): Uint8Array {
  return parseP256Signature(signature).hasHighS() ? twinSignature(signature) : signature
}

/** Strict DER: what is read must be written the same, so that no second spelling of a signature gets in. */
function parseP256Signature(der: Uint8Array): InstanceType<typeof p256.Signature> {
  try {
    const signature = p256.Signature.fromBytes(der, 'der')
    if (equalBytes(signature.toBytes('der'), der)) return signature
  } catch {}
  throw malformed()
}
