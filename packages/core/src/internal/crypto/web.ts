import { decodeBase64Url, encodeUnpadded } from '../base/base64url.ts'
import { type Bytes, concatBytes, fromHex } from '../base/bytes.ts'
import * as fallback from './fallback.ts'
import { FallbackKey, lacksEd25519 } from './fallback.ts'
import { compactSignature, readSignature, uncompressedPoint } from './p256.ts'
import type { PlatformCrypto, PlatformKey } from './platform-crypto.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const P256_SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const
const ED25519_PKCS8_PREFIX = fromHex('302e020100300506032b657004220420')

/** WebCrypto, with a library for Ed25519 where that lacks it. */
export const webCrypto: PlatformCrypto = {
  isSync: false,
  importKey(curve, bytes) {
    if (curve === 'ed25519') return importEd25519(bytes)
    // Not every platform reads compressed points.
    return crypto.subtle.importKey('raw', unpacked(bytes), P256, false, ['verify'])
  },
  verifyEd25519(key, signature, data) {
    if (key instanceof FallbackKey) return fallback.verifyEd25519(key, signature, data)
    return crypto.subtle.verify('Ed25519', key as CryptoKey, signature, data)
  },
  verifyP256: (key, der, data) => verifyP256(key as CryptoKey, der, data),
  importPrivateKey: (curve, jwk) =>
    crypto.subtle.importKey('jwk', jwk, curve === 'ed25519' ? 'Ed25519' : P256, false, ['sign']),
  async sign(curve, key, data) {
    const algorithm = curve === 'ed25519' ? 'Ed25519' : P256_SHA256
    return new Uint8Array(await crypto.subtle.sign(algorithm, key as CryptoKey, data))
  },
  async publicKeyOfSeed(seed) {
    try {
      return await derive(seed)
    } catch (error) {
      if (!lacksEd25519(error)) throw error
      return fallback.publicKeyOfSeed(seed)
    }
  },
  // Not every platform reads a P-256 private key alone, so the pair shows that it belongs together: one part signs, and
  // the other verifies.
  async isP256Pair(secret, publicKey) {
    const point = unpacked(publicKey)
    const [d, x, y] = [secret, point.subarray(1, 33), point.subarray(33)].map(encodeUnpadded) as [
      string,
      string,
      string,
    ]
    const signer = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', d, x, y }, P256, false, ['sign'])
    const key = await crypto.subtle.importKey('raw', point, P256, false, ['verify'])
    const data = crypto.getRandomValues(new Uint8Array(32))
    return crypto.subtle.verify(P256_SHA256, key, await crypto.subtle.sign(P256_SHA256, signer, data), data)
  },
}

async function importEd25519(bytes: Bytes): Promise<PlatformKey> {
  try {
    return await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify'])
  } catch (error) {
    if (!lacksEd25519(error)) throw error
    return fallback.importKey(bytes)
  }
}

/** WebCrypto derives no public keys, but the JWK of a private key must contain it (RFC 8037 section 2). */
async function derive(seed: Bytes): Promise<Bytes> {
  const pkcs8 = concatBytes(ED25519_PKCS8_PREFIX, seed)
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  return decodeBase64Url((await crypto.subtle.exportKey('jwk', key)).x ?? '')
}

function verifyP256(key: CryptoKey, der: Bytes, data: Bytes): boolean | Promise<boolean> {
  const signature = readSignature(der)
  return signature !== undefined && crypto.subtle.verify(P256_SHA256, key, compactSignature(signature), data)
}

function unpacked(bytes: Bytes): Bytes {
  const point = uncompressedPoint(bytes)
  if (point === undefined) throw new TypeError('not a point of the curve')
  return point
}
