import { createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { secretOf } from './crypto.ts'

const { Point, utils } = ed25519
const ORDER = Point.Fn.ORDER
const HALF = 32

/** A point of order eight: its multiples are all points of small order. */
const GENERATOR = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')

/**
 * Signs as RFC 8032 does, with R the neutral element for a nonce of zero. Whoever holds a key can make such a signature, of any
 * message; implementations disagree whether it verifies.
 */
export function signWithNeutralR(privateKey: string, data: Uint8Array): Uint8Array {
  const { scalar, pointBytes } = utils.getExtendedPublicKey(secretOf(privateKey))
  const r = Point.ZERO.toBytes()
  return signatureOf(r, challenge(r, pointBytes, data) * scalar)
}

/**
 * Signs the first of some messages for which R can be the given multiple (0 to 7) of the point of order eight, under a key that
 * has such a point as its summand. The equation of RFC 8032 holds, and not only up to the cofactor.
 */
export function signWithSmallR(privateKey: string, multiple: number, messages: Iterable<Uint8Array>) {
  const { scalar, point } = utils.getExtendedPublicKey(secretOf(privateKey))
  const publicKey = point.add(GENERATOR).toBytes()
  const r = (multiple === 0 ? Point.ZERO : GENERATOR.multiplyUnsafe(BigInt(multiple))).toBytes()
  for (const data of messages) {
    const k = challenge(r, publicKey, data)
    // R + k * summand must vanish, so that S * B = k * scalar * B.
    if ((BigInt(multiple) + k) % 8n === 0n) return { publicKey, data, signature: signatureOf(r, k * scalar) }
  }
  throw new Error('no message will do')
}

/**
 * Signs under a key that has a point of small order as its summand, with an ordinary R. The equation of RFC 8032 then holds
 * eight times over, but by itself only if the summand vanishes.
 */
export function signWithMixedKey(seed: Uint8Array, mixedKey: Uint8Array, data: Uint8Array) {
  const { scalar } = utils.getExtendedPublicKey(seed)
  const nonce = 123_456_789n
  const r = Point.BASE.multiply(nonce).toBytes()
  const k = challenge(r, mixedKey, data)
  return { signature: signatureOf(r, nonce + k * scalar), needsCofactor: k % 8n !== 0n }
}

function challenge(r: Uint8Array, publicKey: Uint8Array, data: Uint8Array): bigint {
  const digest = createHash('sha512').update(r).update(publicKey).update(data).digest()
  return littleEndian(digest) % ORDER
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}

function signatureOf(r: Uint8Array, s: bigint): Uint8Array<ArrayBuffer> {
  const hex = (s % ORDER).toString(16).padStart(2 * HALF, '0')
  return Uint8Array.from([...r, ...Buffer.from(hex, 'hex').reverse()])
}
