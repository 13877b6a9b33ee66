import { type Bytes, fromHex, toHex } from '../../internal/base/bytes.ts'
import { compressedPoint } from '../../internal/crypto/p256.ts'
import type { Algorithm } from '../key-types.ts'

export interface PublicKey {
  readonly algorithm: Algorithm
  /** 32 bytes for Ed25519; 33 bytes (compressed SEC1 point) for P-256. */
  readonly bytes: Bytes
  /** The canonical form, lower case: `ed25519/<hex>` or `secp256r1/<hex>`. */
  readonly text: string
}

export interface PrivateKey {
  readonly algorithm: Algorithm
  /** 32 bytes: the Ed25519 seed, or the P-256 scalar. */
  readonly bytes: Bytes
}

export const ALGORITHMS: readonly Algorithm[] = ['ed25519', 'secp256r1']

const PUBLIC_KEY_LENGTH: Readonly<Record<Algorithm, number>> = { ed25519: 32, secp256r1: 33 }
export const PRIVATE_KEY_LENGTH = 32

// y coordinates (sign bit cleared) of the eight points of small order. Under such a key some runtimes accept a
// signature that nobody made, and runtimes disagree about a signature with such an R. The comparison also covers y = 1
// and y = -1 with the sign bit set ("negative zero").
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex)

/**
 * Parses `ed25519/<hex>` or `secp256r1/<hex>`.
 *
 * @throws `TypeError` that starts with `argumentName`, without key material.
 */
export function parsePublicKey(text: string, argumentName: string): PublicKey {
  const { algorithm, bytes } = parseKey(text, argumentName, 'public')
  const reason = publicKeyFault(algorithm, bytes)
  if (reason !== undefined) throw new TypeError(`${argumentName}: ${reason}`)
  return publicKeyFromBytes(algorithm, bytes)
}

/**
 * Why `bytes` cannot be a public key, or `undefined`. For Ed25519 this compares bytes only: wrong length, non-canonical
 * y (y >= p) and the points of small order. It does not prove that the point is on the curve.
 */
export function publicKeyFault(algorithm: Algorithm, bytes: Uint8Array): string | undefined {
  const reason = publicKeyEncodingFault(algorithm, bytes)
  return reason === undefined && algorithm === 'secp256r1' ? p256PointFault(bytes) : reason
}

/** As `publicKeyFault`, without curve arithmetic: a token may list hundreds of keys that sign nothing. */
export function publicKeyEncodingFault(algorithm: Algorithm, bytes: Uint8Array): string | undefined {
  if (bytes.length !== PUBLIC_KEY_LENGTH[algorithm]) {
    return `an ${algorithm} public key has ${PUBLIC_KEY_LENGTH[algorithm]} bytes, not ${bytes.length}`
  }
  if (isZero(bytes)) return 'the public key is all zeros'
  if (algorithm === 'ed25519') return ed25519PointFault(bytes)
  return bytes[0] === 0x02 || bytes[0] === 0x03 ? undefined : 'the public key is not a compressed point'
}

/** Wraps bytes in which `publicKeyFault` found no fault. */
export function publicKeyFromBytes(algorithm: Algorithm, bytes: Bytes): PublicKey {
  return new BytesOfKey(algorithm, bytes)
}

/** Writes its text when it is asked for. Of most keys in a token nobody asks. */
class BytesOfKey implements PublicKey {
  readonly algorithm: Algorithm
  readonly bytes: Bytes
  #text: string | undefined

  constructor(algorithm: Algorithm, bytes: Bytes) {
    this.algorithm = algorithm
    this.bytes = bytes
  }

  get text(): string {
    this.#text ??= `${this.algorithm}/${toHex(this.bytes)}`
    return this.#text
  }
}

/** Reads a key in Biscuit's notation. The caller must check whether the bytes can be a key. */
export function parseKey(text: unknown, argumentName: string, wanted: 'public' | 'private'): PrivateKey {
  if (typeof text !== 'string') {
    throw new TypeError(`${argumentName}: expected a ${wanted} key as a string, not ${describeType(text)}`)
  }
  const slash = text.indexOf('/')
  // The text before the slash may be anything, even the key itself. It is only printed if it is a known name.
  const prefix = slash === -1 ? '' : text.slice(0, slash)
  const kind = prefix.endsWith('-private') ? 'private' : 'public'
  const name = kind === 'private' ? prefix.slice(0, -'-private'.length) : prefix
  const algorithm = ALGORITHMS.find((known) => known === name)
  const forms = ALGORITHMS.map((known) => `"${known}${wanted === 'private' ? '-private' : ''}/<hex>"`).join(' or ')
  if (text === '') throw new TypeError(`${argumentName}: is empty, expected ${forms}`)
  if (slash === -1) throw new TypeError(`${argumentName}: malformed key, expected ${forms}`)
  if (algorithm === undefined) throw new TypeError(`${argumentName}: unknown key algorithm, expected ${forms}`)
  if (kind !== wanted) {
    throw new TypeError(`${argumentName}: this is a ${kind} key, but a ${wanted} key is needed (${forms})`)
  }
  const hex = text.slice(slash + 1)
  const digits = 2 * (wanted === 'private' ? PRIVATE_KEY_LENGTH : PUBLIC_KEY_LENGTH[algorithm])
  if (hex.length !== digits || !/^[0-9a-f]*$/i.test(hex)) {
    throw new TypeError(`${argumentName}: malformed key, expected ${digits} hexadecimal digits after "${prefix}/"`)
  }
  return { algorithm, bytes: fromHex(hex) }
}

function ed25519PointFault(bytes: Uint8Array): string | undefined {
  if (!isCanonical(bytes)) return 'the public key is not canonically encoded'
  return isSmallOrder(bytes) ? 'the public key is a point of small order' : undefined
}

/**
 * Whether 32 bytes can be the R of an Ed25519 signature, by the rules for a key. Runtimes disagree about all others.
 */
export function isUsualPoint(bytes: Uint8Array): boolean {
  return isCanonical(bytes) && !isSmallOrder(bytes)
}

/** Whether y < p = 2^255 - 19. Only 19 values of y are not, and all have the same form. */
function isCanonical(bytes: Uint8Array): boolean {
  if ((bytes[0] ?? 0) < 0xed) return true
  for (let index = 1; index < 31; index++) if (bytes[index] !== 0xff) return true
  return ((bytes[31] ?? 0) & 0x7f) !== 0x7f
}

function isSmallOrder(bytes: Uint8Array): boolean {
  for (const y of SMALL_ORDER_Y) if (y[0] === bytes[0] && hasY(bytes, y)) return true
  return false
}

function hasY(bytes: Uint8Array, y: Uint8Array): boolean {
  for (let index = 0; index < 31; index++) if (bytes[index] !== y[index]) return false
  return ((bytes[31] ?? 0) & 0x7f) === y[31]
}

function p256PointFault(bytes: Uint8Array): string | undefined {
  return compressedPoint(bytes) === undefined ? 'the public key is not a point of the curve' : undefined
}

export function isZero(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== 0) return false
  return true
}

function describeType(value: unknown): string {
  if (value === null) return 'null'
  return value instanceof Uint8Array ? 'bytes' : typeof value
}
