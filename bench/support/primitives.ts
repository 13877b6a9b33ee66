// The work that no verifier can avoid, by WebCrypto and by node:crypto. Which is faster depends on what else the cores do.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
  webcrypto,
} from 'node:crypto'
import { once } from './pool.ts'

type Bytes = Uint8Array<ArrayBuffer>
type Curve = 'ed25519' | 'P-256'

/** As long as what a block signs. */
const MESSAGE_BYTES = 300
const { subtle } = webcrypto

/** One verification of an Ed25519 signature by WebCrypto with a key that is imported already: the unit of all ratios. */
export function createUnit(): () => Promise<void> {
  const signed = signedBy('ed25519')
  const key = importByWebCrypto(signed)
  return async () => proven(await verifyByWebCrypto(signed, await key))
}

/** The same verification by node:crypto. */
export function createNodeUnit(): () => void {
  const signed = signedBy('ed25519')
  const key = importByNode(signed)
  return () => proven(verifyByNode(signed, key))
}

/** What must be done to prove a token, beside deriving the public key of its last holder. */
export interface Proof {
  /** The signature by the root key, which is known. `'none'` if the block is known as well. */
  readonly root: Curve | 'none'
  /** Signatures that are each by a key that the token carries. */
  readonly imported: number
  /** Signatures of attesters, whose keys are known as well. */
  readonly attested: number
}

/** The same work by both, each time with signatures and keys that were not seen before. */
export function createProof(proof: Proof, count: number): { byWebCrypto(): Promise<void>; byNode(): void } {
  const known = [
    ...(proof.root === 'none' ? [] : [signedBy(proof.root)]),
    ...Array.from({ length: proof.attested }, () => signedBy('P-256')),
  ]
  const byWebCrypto = known.map(importByWebCrypto)
  const byNode = known.map(importByNode)
  const takeMaterial = () =>
    once(
      Array.from({ length: count }, () => ({
        known: known.map((one) => again(one)),
        imported: Array.from({ length: proof.imported }, () => signedBy('ed25519')),
        seed: privateBytes(),
      })),
    )
  const [forWebCrypto, forNode] = [takeMaterial(), takeMaterial()]
  return {
    async byWebCrypto() {
      const material = forWebCrypto()
      for (const [index, one] of material.known.entries()) {
        proven(await verifyByWebCrypto(one, await (byWebCrypto[index] as Promise<CryptoKey>)))
      }
      for (const one of material.imported) proven(await verifyByWebCrypto(one, await importByWebCrypto(one)))
      const key = await subtle.importKey('pkcs8', material.seed, 'Ed25519', true, ['sign'])
      await subtle.exportKey('jwk', key)
    },
    byNode() {
      const material = forNode()
      for (const [index, one] of material.known.entries()) proven(verifyByNode(one, byNode[index] as KeyObject))
      for (const one of material.imported) proven(verifyByNode(one, importByNode(one)))
      createPublicKey(createPrivateKey({ key: Buffer.from(material.seed), format: 'der', type: 'pkcs8' })).export({
        format: 'der',
        type: 'spki',
      })
    },
  }
}

/** What must be done to append a block: a new key, and a signature. */
export const appending = {
  async byWebCrypto(): Promise<void> {
    const pair = (await subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
    await subtle.exportKey('jwk', pair.privateKey)
    await subtle.sign('Ed25519', pair.privateKey, new Uint8Array(MESSAGE_BYTES))
  },
  byNode(): void {
    const { privateKey } = generateKeyPairSync('ed25519')
    privateKey.export({ format: 'jwk' })
    sign(null, new Uint8Array(MESSAGE_BYTES), privateKey)
  },
}

interface Signed {
  readonly curve: Curve
  readonly privateKey: KeyObject
  /** As tokens carry it, or uncompressed for P-256. */
  readonly publicKey: Bytes
  readonly message: Bytes
  readonly signature: Bytes
}

function signedBy(curve: Curve): Signed {
  const { privateKey, publicKey } =
    curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  // BA is the byte that an uncompressed point begins with.
  const parts = curve === 'ed25519' ? [x] : ['BA', x, y]
  const point = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64url')))
  return again({ curve, privateKey, publicKey: bytes(point) })
}

/** Another message by the same key. */
function again({ curve, privateKey, publicKey }: Pick<Signed, 'curve' | 'privateKey' | 'publicKey'>): Signed {
  const message = bytes(randomBytes(MESSAGE_BYTES))
  const signature =
    curve === 'ed25519'
      ? sign(null, message, privateKey)
      : sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return { curve, privateKey, publicKey, message, signature: bytes(signature) }
}

function importByWebCrypto({ curve, publicKey }: Signed): Promise<CryptoKey> {
  const algorithm = curve === 'ed25519' ? 'Ed25519' : { name: 'ECDSA', namedCurve: 'P-256' }
  return subtle.importKey('raw', publicKey, algorithm, false, ['verify'])
}

function verifyByWebCrypto({ curve, message, signature }: Signed, key: CryptoKey): Promise<boolean> {
  const algorithm = curve === 'ed25519' ? 'Ed25519' : { name: 'ECDSA', hash: 'SHA-256' }
  return subtle.verify(algorithm, key, signature, message)
}

const SPKI = { ed25519: '302a300506032b6570032100', 'P-256': '3059301306072a8648ce3d020106082a8648ce3d030107034200' }

function importByNode({ curve, publicKey }: Signed): KeyObject {
  const key = Buffer.concat([Buffer.from(SPKI[curve], 'hex'), publicKey])
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

function verifyByNode({ curve, message, signature }: Signed, key: KeyObject): boolean {
  if (curve === 'ed25519') return verify(null, message, key, signature)
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function privateBytes(): Bytes {
  return bytes(generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }))
}

function bytes(buffer: Uint8Array): Bytes {
  return Uint8Array.from(buffer)
}

function proven(valid: boolean): void {
  if (!valid) throw new Error('a signature does not verify')
}
