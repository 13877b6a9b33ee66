import { createPublicKey, ECDH, type KeyObject } from 'node:crypto'

const ED25519 = /^ed25519\/[0-9a-f]{64}$/
const P256 = /^secp256r1\/0[23][0-9a-f]{64}$/

/** A public key in Biscuit's notation as a key of Node. */
export function readPublicKey(text: string): { readonly key: KeyObject; readonly digest: null | 'sha256' } {
  if (ED25519.test(text)) {
    const x = base64url(text.slice('ed25519/'.length))
    return { key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), digest: null }
  }
  if (!P256.test(text)) throw new TypeError('publicKey: must be ed25519/<hex> or secp256r1/<hex>')
  const point = ECDH.convertKey(text.slice('secp256r1/'.length), 'prime256v1', 'hex', 'hex', 'uncompressed') as string
  const key = { kty: 'EC', crv: 'P-256', x: base64url(point.slice(2, 66)), y: base64url(point.slice(66)) }
  return { key: createPublicKey({ key, format: 'jwk' }), digest: 'sha256' }
}

function base64url(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url')
}
