import { decodeBase64Url, encodeUnpadded } from '../base/base64url.ts'
import { type Bytes, concatBytes, equalBytes, fromHex } from '../base/bytes.ts'
import type { PlatformCrypto, PlatformKey } from './platform-crypto.ts'

// Node verifies one signature at a time on the calling thread for two thirds of what WebCrypto takes for it, which hands
// each one to a thread pool (docs/decisions/0054-*.md).

/** What is used of `node:crypto`. Core is compiled without Node's types. */
interface NodeCrypto {
  createPublicKey(key: object): NodeKey
  createPrivateKey(key: object): PlatformKey
  sign(digest: string | null, data: Bytes, key: object): Bytes
  verify(digest: string | null, data: Bytes, key: PlatformKey, signature: Bytes): boolean
  createECDH(curve: string): {
    setPrivateKey(secret: Bytes): void
    getPublicKey(encoding: null, format: 'compressed'): Bytes
  }
}

interface NodeKey {
  export(options: { format: 'jwk' }): { readonly x?: string }
}

interface Process {
  readonly versions?: { readonly uv?: string; readonly bun?: string; readonly deno?: string }
  getBuiltinModule?(name: 'node:crypto'): NodeCrypto
}

// DER of a PKCS #8 Ed25519 key without the optional public key (RFC 8410 section 7), up to the seed.
const ED25519_PKCS8_PREFIX = fromHex('302e020100300506032b657004220420')
// DER of a SubjectPublicKeyInfo (RFC 5480), up to the compressed point.
const P256_SPKI_PREFIX = fromHex('3039301306072a8648ce3d020106082a8648ce3d030107032200')

/** Node's crypto; `undefined` on every other platform, also on those that imitate Node. */
export function nodeCrypto(): PlatformCrypto | undefined {
  const { process } = globalThis as { readonly process?: Process }
  const { uv, bun, deno } = process?.versions ?? {}
  if (uv === undefined || bun !== undefined || deno !== undefined) return undefined
  const node = process?.getBuiltinModule?.('node:crypto')
  return node && over(node)
}

function over(node: NodeCrypto): PlatformCrypto {
  return {
    isSync: true,
    importKey: (curve, bytes) =>
      // The fastest form of each: Node has parsed a JWK in a third of the time that DER takes.
      curve === 'ed25519'
        ? node.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: encodeUnpadded(bytes) }, format: 'jwk' })
        : node.createPublicKey({ key: concatBytes(P256_SPKI_PREFIX, bytes), format: 'der', type: 'spki' }),
    verifyEd25519: (key, signature, data) => node.verify(null, data, key, signature),
    verifyP256: (key, der, data) => node.verify('sha256', data, key, der),
    importPrivateKey: (_curve, jwk) => node.createPrivateKey({ key: jwk, format: 'jwk' }),
    sign: (curve, key, data) =>
      curve === 'ed25519' ? node.sign(null, data, key) : node.sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
    publicKeyOfSeed(seed) {
      const key = node.createPublicKey({ key: concatBytes(ED25519_PKCS8_PREFIX, seed), format: 'der', type: 'pkcs8' })
      return decodeBase64Url(key.export({ format: 'jwk' }).x ?? '')
    },
    isP256Pair(secret, publicKey) {
      const pair = node.createECDH('prime256v1')
      pair.setPrivateKey(secret)
      return equalBytes(pair.getPublicKey(null, 'compressed'), publicKey)
    },
  }
}
