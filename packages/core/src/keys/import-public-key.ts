import { compressedPoint } from '../internal/crypto/p256.ts'
import { readJwk } from './internal/jwk.ts'
import { type PublicKey, parsePublicKey, publicKeyFault, publicKeyFromBytes } from './internal/keys.ts'
import { looksLikePem, readPem } from './internal/pem.ts'
import { type KeyMaterial, readSpki } from './internal/spki-pkcs8.ts'
import type { Jwk } from './key-types.ts'

/**
 * Reads a public key in any of its usual forms and returns it in Biscuit's notation, lower case.
 *
 * @param key - SPKI PEM (`BEGIN PUBLIC KEY`, RFC 7468 section 13), a JWK (RFC 8037, RFC 7518), or `ed25519/<hex>` or
 *   `secp256r1/<hex>`. White space around a text does not matter.
 * @returns `ed25519/<64 hex digits>` or `secp256r1/<66 hex digits>`.
 * @throws `TypeError` that starts with `key:` if the key is malformed, private, all zeros, of small order, not on the
 *   curve, or of another algorithm. The key itself is never printed.
 *
 * @example
 * ```ts
 * import { importPublicKey } from '@writ/core'
 *
 * const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
 * const publicKey = await importPublicKey({ kty: 'OKP', crv: 'Ed25519', x })
 * // ed25519/d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
 * ```
 */
export async function importPublicKey(key: string | Jwk): Promise<string> {
  return (typeof key === 'string' ? publicKeyFromText(key) : publicKeyFromJwk(key)).text
}

function publicKeyFromText(text: string): PublicKey {
  if (!looksLikePem(text)) return parsePublicKey(text.trim(), 'key')
  const pem = readPem(text)
  if (pem === undefined) throw new TypeError('key: malformed PEM, expected one block and nothing around it')
  if (pem.label.endsWith('PRIVATE KEY')) throw new TypeError('key: this is a private key, but a public key is needed')
  const material = pem.label === 'PUBLIC KEY' ? readSpki(pem.der) : undefined
  if (material === undefined) {
    throw new TypeError('key: expected PEM with the label "PUBLIC KEY" (SPKI) and an Ed25519 or P-256 key')
  }
  return checked(material)
}

function publicKeyFromJwk(jwk: Jwk): PublicKey {
  if (typeof jwk !== 'object' || jwk === null) throw new TypeError('key: expected a string or a JWK')
  const material = readJwk(jwk, 'key')
  if (material.isPrivate) throw new TypeError('key: this is a private key, but a public key is needed')
  return checked(material)
}

function checked({ algorithm, bytes }: KeyMaterial): PublicKey {
  const point = algorithm === 'secp256r1' ? compressedPoint(bytes) : bytes
  const reason = point ? publicKeyFault(algorithm, point) : 'the public key is not a point of the curve'
  if (point === undefined || reason !== undefined) throw new TypeError(`key: ${reason}`)
  return publicKeyFromBytes(algorithm, point)
}
