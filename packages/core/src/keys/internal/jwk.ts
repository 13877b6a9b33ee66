import { decodeBase64Url, encodeUnpadded } from '../../internal/base/base64url.ts'
import { type Bytes, concatBytes } from '../../internal/base/bytes.ts'
import { compressedPoint, uncompressedPoint } from '../../internal/crypto/p256.ts'
import type { Algorithm, Jwk } from '../key-types.ts'
import type { PrivateKey, PublicKey } from './keys.ts'
import type { KeyMaterial } from './spki-pkcs8.ts'

const COORDINATE_LENGTH = 32

/**
 * Reads the key of a JWK. It is the private key if there is a `d`.
 *
 * @throws `TypeError` that starts with `argumentName`, without key material.
 */
export function readJwk(jwk: Jwk, argumentName: string): KeyMaterial & { readonly isPrivate: boolean } {
  const algorithm = algorithmOf(jwk)
  if (algorithm === undefined) {
    throw new TypeError(
      `${argumentName}: unknown key algorithm, expected a JWK of kty OKP and crv Ed25519, or EC and P-256`,
    )
  }
  const x = readMember(jwk, 'x', argumentName)
  const publicKey =
    algorithm === 'ed25519'
      ? x
      : compressedPoint(concatBytes(Uint8Array.of(0x04), x, readMember(jwk, 'y', argumentName)))
  if (publicKey === undefined) throw new TypeError(`${argumentName}: the public key is not a point of the curve`)
  if (jwk.d === undefined) return { algorithm, bytes: publicKey, isPrivate: false }
  return { algorithm, bytes: readMember(jwk, 'd', argumentName), publicKey, isPrivate: true }
}

export function writePublicJwk(key: PublicKey): Jwk {
  if (key.algorithm === 'ed25519') return { kty: 'OKP', crv: 'Ed25519', x: encodeUnpadded(key.bytes) }
  const point = uncompressedPoint(key.bytes) as Bytes
  return { kty: 'EC', crv: 'P-256', x: encodeUnpadded(point.slice(1, 33)), y: encodeUnpadded(point.slice(33)) }
}

export function writePrivateJwk(key: PrivateKey, publicKey: PublicKey): Jwk {
  return { ...writePublicJwk(publicKey), d: encodeUnpadded(key.bytes) }
}

function algorithmOf({ kty, crv }: Jwk): Algorithm | undefined {
  if (kty === 'OKP' && crv === 'Ed25519') return 'ed25519'
  if (kty === 'EC' && crv === 'P-256') return 'secp256r1'
  return undefined
}

function readMember(jwk: Jwk, member: 'x' | 'y' | 'd', argumentName: string): Bytes {
  const value = jwk[member]
  if (typeof value !== 'string') throw new TypeError(`${argumentName}: the JWK lacks "${member}"`)
  try {
    const bytes = decodeBase64Url(value)
    if (bytes.length === COORDINATE_LENGTH) return bytes
  } catch {
    // Reported below as a wrong argument. This is not a malformed token.
  }
  throw new TypeError(`${argumentName}: "${member}" of the JWK is not ${COORDINATE_LENGTH} bytes in base64url`)
}
