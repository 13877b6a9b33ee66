import { type Bytes, concatBytes, equalBytes, fromHex, toHex } from '../base/bytes.ts'

// The part of P-256 that needs no secret: which bytes are a point, and which are a signature. A library for the curve
// would take a third of what a worker that verifies may weigh.

// Parameters of P-256 (SEC 2, section 2.4.2); a = -3.
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const COORDINATE_LENGTH = 32

interface Point {
  readonly x: bigint
  readonly y: bigint
}

/** The compressed form of a SEC1 point in either form; `undefined` if it is not a point of the curve. */
export function compressedPoint(bytes: Uint8Array): Bytes | undefined {
  const point = readPoint(bytes)
  return point && concatBytes(Uint8Array.of((point.y & 1n) === 0n ? 0x02 : 0x03), toBytes(point.x))
}

/** The 65 bytes of a SEC1 point in either form; `undefined` if it is not a point of the curve. */
export function uncompressedPoint(bytes: Uint8Array): Bytes | undefined {
  const point = readPoint(bytes)
  return point && concatBytes(Uint8Array.of(0x04), toBytes(point.x), toBytes(point.y))
}

/** Whether a number can be a private key. */
export function isScalar(bytes: Uint8Array): boolean {
  return bytes.length === COORDINATE_LENGTH && isBelowOrder(toInteger(bytes))
}

function readPoint(bytes: Uint8Array): Point | undefined {
  const form = bytes[0]
  const isCompressed = form === 0x02 || form === 0x03
  if (!isCompressed && form !== 0x04) return undefined
  if (bytes.length !== 1 + (isCompressed ? 1 : 2) * COORDINATE_LENGTH) return undefined
  const x = toInteger(bytes.subarray(1, 1 + COORDINATE_LENGTH))
  if (x >= P) return undefined
  const square = (x ** 3n - 3n * x + B) % P
  const curve = square < 0n ? square + P : square
  if (!isCompressed) {
    const y = toInteger(bytes.subarray(1 + COORDINATE_LENGTH))
    return y < P && (y * y) % P === curve ? { x, y } : undefined
  }
  // P = 3 (mod 4), so this is a root of every number that has one.
  const root = power(curve, (P + 1n) / 4n)
  if ((root * root) % P !== curve) return undefined
  const isOdd = (root & 1n) === 1n
  return { x, y: isOdd === (form === 0x03) ? root : P - root }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % P
    if (bit === '1') result = (result * base) % P
  }
  return result
}

/** An ECDSA signature. */
export interface P256Signature {
  readonly r: bigint
  readonly s: bigint
}

const DER_SEQUENCE = 0x30
const DER_INTEGER = 0x02

/** Reads a DER signature. Only the one spelling that DER allows is read, with both numbers from 1 to the order less 1. */
export function readSignature(der: Uint8Array): P256Signature | undefined {
  // With at most 33 bytes a number, every length is one byte.
  const rLength = der[3] ?? 0
  const sLength = der[5 + rLength] ?? 0
  if (rLength > COORDINATE_LENGTH + 1 || sLength > COORDINATE_LENGTH + 1) return undefined
  const signature = {
    r: toInteger(der.subarray(4, 4 + rLength)),
    s: toInteger(der.subarray(6 + rLength, 6 + rLength + sLength)),
  }
  if (!isBelowOrder(signature.r) || !isBelowOrder(signature.s)) return undefined
  return equalBytes(writeSignature(signature), der) ? signature : undefined
}

/** Reads the 64 bytes of r and s (IEEE P1363). */
export function readCompactSignature(bytes: Uint8Array): P256Signature {
  return { r: toInteger(bytes.subarray(0, COORDINATE_LENGTH)), s: toInteger(bytes.subarray(COORDINATE_LENGTH)) }
}

/** Writes a signature as DER. */
export function writeSignature({ r, s }: P256Signature): Bytes {
  const numbers = concatBytes(derInteger(r), derInteger(s))
  return concatBytes(Uint8Array.of(DER_SEQUENCE, numbers.length), numbers)
}

/** The 64 bytes of a signature that WebCrypto reads. */
export function compactSignature({ r, s }: P256Signature): Bytes {
  return concatBytes(toBytes(r), toBytes(s))
}

/** The other signature over the same bytes. Anyone can compute it. */
export function twinOf({ r, s }: P256Signature): P256Signature {
  return { r, s: ORDER - s }
}

/** Whether s is more than half of the order. Of a signature and its twin, that holds for one. */
export function hasHighS({ s }: P256Signature): boolean {
  return s > ORDER / 2n
}

function isBelowOrder(value: bigint): boolean {
  return value > 0n && value < ORDER
}

function derInteger(value: bigint): Bytes {
  const hex = value.toString(16)
  const bytes = fromHex(hex.length % 2 === 0 ? hex : `0${hex}`)
  const content = (bytes[0] ?? 0) < 0x80 ? bytes : concatBytes(Uint8Array.of(0), bytes)
  return concatBytes(Uint8Array.of(DER_INTEGER, content.length), content)
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`)
}

function toBytes(value: bigint): Bytes {
  return fromHex(value.toString(16).padStart(2 * COORDINATE_LENGTH, '0'))
}
