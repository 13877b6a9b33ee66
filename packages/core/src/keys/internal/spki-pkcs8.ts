import { type Bytes, concatBytes, fromHex, toHex } from '../../internal/base/bytes.ts'
import { uncompressedPoint } from '../../internal/crypto/p256.ts'
import type { Algorithm } from '../key-types.ts'
import {
  BIT_STRING,
  bitString,
  type Element,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  readConstructed,
  readElements,
  SEQUENCE,
} from './der.ts'
import type { PrivateKey, PublicKey } from './keys.ts'

// Keys are read here and not by the platform: importers disagree about PKCS #8 with and without the public key.

/** A key as it is in a file. `bytes` and `publicKey` are not checked. */
export interface KeyMaterial {
  readonly algorithm: Algorithm
  readonly bytes: Bytes
  /** The public key in the file of a private key. */
  readonly publicKey?: Bytes | undefined
}

// Contents of the AlgorithmIdentifier: id-Ed25519 (RFC 8410), and id-ecPublicKey with secp256r1 (RFC 5480).
const ALGORITHM_IDENTIFIERS: ReadonlyMap<string, Algorithm> = new Map([
  ['06032b6570', 'ed25519'],
  ['06072a8648ce3d020106082a8648ce3d030107', 'secp256r1'],
])
const P256_OID = '2a8648ce3d030107'

const SPKI_PREFIX: Readonly<Record<Algorithm, Bytes>> = {
  ed25519: fromHex('302a300506032b6570032100'),
  secp256r1: fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200'),
}
const ED25519_PKCS8_PREFIX = fromHex('302e020100300506032b657004220420')
const P256_PKCS8_PREFIX = fromHex('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420')
const P256_PKCS8_PUBLIC_PREFIX = fromHex('a144034200')

/** Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7); `undefined` if it is invalid or of another algorithm. */
export function readSpki(der: Bytes): KeyMaterial | undefined {
  const [identifier, key, ...others] = readConstructed(der, SEQUENCE) ?? []
  const algorithm = algorithmOf(identifier)
  if (algorithm === undefined || key?.tag !== BIT_STRING || others.length > 0) return undefined
  const bytes = bitString(key.content)
  return bytes === undefined ? undefined : { algorithm, bytes }
}

/**
 * Reads a PrivateKeyInfo (RFC 5208) or OneAsymmetricKey (RFC 5958); `undefined` if it is invalid or of another
 * algorithm.
 */
export function readPkcs8(der: Bytes): KeyMaterial | undefined {
  const [version, identifier, key, ...others] = readConstructed(der, SEQUENCE) ?? []
  const algorithm = algorithmOf(identifier)
  if (version?.tag !== INTEGER || algorithm === undefined || key?.tag !== OCTET_STRING) return undefined
  if (version.content.length !== 1 || (version.content[0] ?? 2) > 1) return undefined
  // [0] attributes, then [1] publicKey as an implicitly tagged bit string, each at most once.
  if (!isOrdered(others, [0xa0, 0x81])) return undefined
  const publicKeyElement = others.find(({ tag }) => tag === 0x81)
  const publicKey = publicKeyElement && bitString(publicKeyElement.content)
  if (publicKeyElement !== undefined && publicKey === undefined) return undefined
  if (algorithm === 'secp256r1') return readEcPrivateKey(key.content, publicKey)
  const [seed, ...rest] = readElements(key.content) ?? []
  if (seed?.tag !== OCTET_STRING || rest.length > 0) return undefined
  return { algorithm, bytes: seed.content, publicKey }
}

/** Writes a SubjectPublicKeyInfo. A P-256 point is written uncompressed, which every tool reads. */
export function writeSpki(key: PublicKey): Bytes {
  return concatBytes(
    SPKI_PREFIX[key.algorithm],
    key.algorithm === 'ed25519' ? key.bytes : (uncompressedPoint(key.bytes) as Bytes),
  )
}

/** Writes the same as OpenSSL: for Ed25519 only the seed, for P-256 the scalar and the public key. */
export function writePkcs8(key: PrivateKey, publicKey: PublicKey): Bytes {
  if (key.algorithm === 'ed25519') return concatBytes(ED25519_PKCS8_PREFIX, key.bytes)
  return concatBytes(
    P256_PKCS8_PREFIX,
    key.bytes,
    P256_PKCS8_PUBLIC_PREFIX,
    uncompressedPoint(publicKey.bytes) as Bytes,
  )
}

/** ECPrivateKey (RFC 5915 section 3), within PKCS #8. */
function readEcPrivateKey(der: Bytes, outerPublicKey: Bytes | undefined): KeyMaterial | undefined {
  const [version, scalar, ...others] = readConstructed(der, SEQUENCE) ?? []
  if (version?.tag !== INTEGER || toHex(version.content) !== '01' || scalar?.tag !== OCTET_STRING) return undefined
  if (!isOrdered(others, [0xa0, 0xa1])) return undefined
  let publicKey = outerPublicKey
  for (const { tag, content } of others) {
    const [inner, ...rest] = readElements(content) ?? []
    if (inner === undefined || rest.length > 0) return undefined
    if (tag === 0xa0) {
      if (inner.tag !== OBJECT_IDENTIFIER || toHex(inner.content) !== P256_OID) return undefined
    } else {
      publicKey = inner.tag === BIT_STRING ? bitString(inner.content) : undefined
      if (publicKey === undefined) return undefined
    }
  }
  return { algorithm: 'secp256r1', bytes: scalar.content, publicKey }
}

function algorithmOf(identifier: Element | undefined): Algorithm | undefined {
  return identifier?.tag === SEQUENCE ? ALGORITHM_IDENTIFIERS.get(toHex(identifier.content)) : undefined
}

/** Whether all tags are in `allowed`, in this order and each at most once. */
function isOrdered(elements: readonly Element[], allowed: readonly number[]): boolean {
  let previous = -1
  return elements.every(({ tag }) => {
    const index = allowed.indexOf(tag)
    const follows = index > previous
    previous = index
    return follows
  })
}
