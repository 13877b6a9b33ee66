import { toHex } from '../../internal/base/bytes.ts'
import { isScalar } from '../../internal/crypto/p256.ts'
import type { Algorithm } from '../key-types.ts'
import { isZero, PRIVATE_KEY_LENGTH, type PrivateKey, parseKey } from './keys.ts'

/**
 * Parses `ed25519-private/<hex>` or `secp256r1-private/<hex>`.
 *
 * @throws `TypeError` that starts with `argumentName`, without key material.
 */
export function parsePrivateKey(text: string, argumentName: string): PrivateKey {
  const { algorithm, bytes } = parseKey(text, argumentName, 'private')
  const reason = privateKeyFault(algorithm, bytes)
  if (reason !== undefined) throw new TypeError(`${argumentName}: ${reason}`)
  return { algorithm, bytes }
}

/** Why `bytes` cannot be a private key, or `undefined`. */
export function privateKeyFault(algorithm: Algorithm, bytes: Uint8Array): string | undefined {
  if (bytes.length !== PRIVATE_KEY_LENGTH) {
    return `an ${algorithm} private key has ${PRIVATE_KEY_LENGTH} bytes, not ${bytes.length}`
  }
  if (isZero(bytes)) return 'the private key is all zeros'
  if (algorithm === 'secp256r1' && !isScalar(bytes)) {
    return 'the private key is not below the order of the curve'
  }
  return undefined
}

export function privateKeyText(key: PrivateKey): string {
  return `${key.algorithm}-private/${toHex(key.bytes)}`
}
