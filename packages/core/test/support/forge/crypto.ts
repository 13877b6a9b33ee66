import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { RawKey } from './model.ts'

export type Algorithm = 'ed25519' | 'secp256r1'

const PKCS8_PREFIX: Readonly<Record<Algorithm, string>> = {
  ed25519: '302e020100300506032b657004220420',
  secp256r1: '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
}
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

interface Pair {
  readonly algorithm: Algorithm
  readonly secret: Uint8Array
  readonly object: KeyObject
  readonly publicKey: RawKey
}

const pairs = new Map<string, Pair>()

/** A private key that is the same in every run. */
export function privateKeyFrom(seed: string, algorithm: Algorithm = 'ed25519'): string {
  return `${algorithm}-private/${createHash('sha256').update(`${algorithm} ${seed}`).digest('hex')}`
}

export function publicKeyOf(privateKey: string): string {
  const { algorithm, publicKey } = pairOf(privateKey)
  return `${algorithm}/${Buffer.from(publicKey.key).toString('hex')}`
}

export function secretOf(privateKey: string): Uint8Array {
  return pairOf(privateKey).secret
}

/** A public key as a token carries it. */
export function rawKey(publicKey: string | RawKey): RawKey {
  if (typeof publicKey !== 'string') return publicKey
  const [algorithm, hex = ''] = publicKey.split('/')
  return { algorithm: algorithm === 'ed25519' ? 0 : 1, key: Uint8Array.from(Buffer.from(hex, 'hex')) }
}

export function rawPublicKeyOf(privateKey: string): RawKey {
  return pairOf(privateKey).publicKey
}

/** Signs as biscuit does: Ed25519, or ECDSA over SHA-256 in DER. */
export function signWith(privateKey: string, data: Uint8Array, s?: 'low' | 'high'): Uint8Array {
  const { algorithm, object } = pairOf(privateKey)
  if (algorithm === 'ed25519') return new Uint8Array(sign(null, data, object))
  const signature = new Uint8Array(sign('sha256', data, { key: object, dsaEncoding: 'der' }))
  return s === undefined ? signature : withS(signature, s)
}

/** The same P-256 signature with the low or the high of its two valid `s`; needs no key. */
export function withS(signature: Uint8Array, wanted: 'low' | 'high'): Uint8Array {
  const rLength = signature[3] as number
  const r = signature.subarray(4, 4 + rLength)
  const s = BigInt(`0x${Buffer.from(signature.subarray(6 + rLength)).toString('hex')}`)
  const isHigh = s > P256_ORDER / 2n
  return isHigh === (wanted === 'high') ? signature : derSignature(r, P256_ORDER - s)
}

function derSignature(rBytes: Uint8Array, s: bigint): Uint8Array {
  const hex = s.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  const sHex = Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even
  const sBytes = Buffer.from(sHex, 'hex')
  const body = Buffer.concat([Buffer.of(2, rBytes.length), rBytes, Buffer.of(2, sBytes.length), sBytes])
  return new Uint8Array(Buffer.concat([Buffer.of(0x30, body.length), body]))
}

function pairOf(privateKey: string): Pair {
  const known = pairs.get(privateKey)
  if (known !== undefined) return known
  const [name, hex = ''] = privateKey.split('/')
  const algorithm: Algorithm = name === 'ed25519-private' ? 'ed25519' : 'secp256r1'
  const der = Buffer.from(PKCS8_PREFIX[algorithm] + hex, 'hex')
  const object = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const jwk = createPublicKey(object).export({ format: 'jwk' })
  const x = Buffer.from(jwk.x as string, 'base64url')
  const isEven = algorithm === 'ed25519' || ((Buffer.from(jwk.y as string, 'base64url').at(-1) as number) & 1) === 0
  const key = algorithm === 'ed25519' ? x : Buffer.concat([Buffer.of(isEven ? 2 : 3), x])
  const pair: Pair = {
    algorithm,
    secret: Uint8Array.from(Buffer.from(hex, 'hex')),
    object,
    publicKey: { algorithm: algorithm === 'ed25519' ? 0 : 1, key: Uint8Array.from(key) },
  }
  pairs.set(privateKey, pair)
  return pair
}
