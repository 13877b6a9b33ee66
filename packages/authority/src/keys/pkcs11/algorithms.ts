import { createHash, ECDH } from 'node:crypto'
import type { Algorithm } from '@writ/core'

/** What a device must be told of a kind of key. */
export interface DeviceAlgorithm {
  /** CKM_*_KEY_PAIR_GEN */
  readonly generate: number
  /** The mechanism that signs. */
  readonly sign: number
  /** The DER of the curve's object identifier, for CKA_EC_PARAMS. */
  readonly parameters: Buffer
  /** What the device is given to sign. */
  digest(message: Uint8Array): Buffer
  /** The bytes of the public key from the point of CKA_EC_POINT; undefined if it is none. */
  publicKey(point: Buffer): Buffer | undefined
}

const OCTET_STRING = 0x04
const UNCOMPRESSED = 0x04

/** PKCS #11 v3.0, section 2.3; the identifiers of RFC 8410 and RFC 5480. */
export const ALGORITHMS: Readonly<Record<Algorithm, DeviceAlgorithm>> = {
  ed25519: {
    generate: 0x1055, // CKM_EC_EDWARDS_KEY_PAIR_GEN
    sign: 0x1057, // CKM_EDDSA
    parameters: Buffer.from('06032b6570', 'hex'),
    digest: (message) => Buffer.from(message),
    publicKey: (point) => (point.length === 32 ? point : undefined),
  },
  secp256r1: {
    generate: 0x1040, // CKM_EC_KEY_PAIR_GEN
    sign: 0x1041, // CKM_ECDSA
    parameters: Buffer.from('06082a8648ce3d030107', 'hex'),
    digest: (message) => createHash('sha256').update(message).digest(),
    publicKey(point) {
      if (point.length !== 65 || point[0] !== UNCOMPRESSED) return undefined
      return ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'compressed') as Buffer
    },
  },
}

/** The public key in Biscuit's notation. */
export function readPoint(algorithm: Algorithm, value: Buffer): string {
  // Some devices leave out the OCTET STRING around the point that the standard wants.
  const isWrapped = value[0] === OCTET_STRING && value[1] === value.length - 2
  const bytes = ALGORITHMS[algorithm].publicKey(isWrapped ? value.subarray(2) : value)
  if (bytes === undefined) throw new Error('the device returned no public key')
  return `${algorithm}/${bytes.toString('hex')}`
}
