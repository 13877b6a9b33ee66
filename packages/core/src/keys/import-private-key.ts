import { equalBytes } from '../internal/base/bytes.ts'
import { compressedPoint } from '../internal/crypto/p256.ts'
import { readJwk } from './internal/jwk.ts'
import type { PrivateKey } from './internal/keys.ts'
import { looksLikePem, readPem } from './internal/pem.ts'
import { parsePrivateKey, privateKeyFault, privateKeyText } from './internal/private-keys.ts'
import { publicKeyOf } from './internal/public-key-of.ts'
import { type KeyMaterial, readPkcs8 } from './internal/spki-pkcs8.ts'
import type { Jwk } from './key-types.ts'

/**
 * Reads a private key in any of its usual forms and returns it in Biscuit's notation, lower case.
 *
 * If the file also has a public key, it must belong to the private key.
 *
 * @param key - PKCS #8 PEM (`BEGIN PRIVATE KEY`, RFC 5958, not encrypted), a JWK with `d` (RFC 8037, RFC 7518), or
 *   `ed25519-private/<hex>` or `secp256r1-private/<hex>`. White space around a text does not matter.
 * @returns `ed25519-private/<64 hex digits>` or `secp256r1-private/<64 hex digits>`.
 * @throws `TypeError` that starts with `key:` if the key is malformed, public, encrypted, all zeros, out of range or of
 *   another algorithm, or does not match its public key. The key itself is never printed.
 *
 * @example
 * ```ts
 * import { exportPrivateKey, generateKeyPair, importPrivateKey } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const pem = await exportPrivateKey(privateKey, 'pem')
 * console.log((await importPrivateKey(pem)) === privateKey) // true
 * ```
 */
export async function importPrivateKey(key: string | Jwk): Promise<string> {
  if (typeof key === 'string' && !looksLikePem(key)) return privateKeyText(parsePrivateKey(key.trim(), 'key'))
  return privateKeyText(await checked(typeof key === 'string' ? materialOfPem(key) : materialOfJwk(key)))
}

function materialOfPem(text: string): KeyMaterial {
  const pem = readPem(text)
  if (pem === undefined) throw new TypeError('key: malformed PEM, expected one block and nothing around it')
  switch (pem.label) {
    case 'PRIVATE KEY': {
      const material = readPkcs8(pem.der)
      if (material !== undefined) return material
      throw new TypeError('key: expected PKCS #8 with an Ed25519 or P-256 key')
    }
    case 'PUBLIC KEY':
      throw new TypeError('key: this is a public key, but a private key is needed')
    case 'ENCRYPTED PRIVATE KEY':
      throw new TypeError('key: the private key is encrypted, decrypt it first (openssl pkcs8)')
    case 'EC PRIVATE KEY':
      throw new TypeError('key: expected PKCS #8, convert the key first (openssl pkcs8 -topk8 -nocrypt)')
    default:
      throw new TypeError('key: expected PEM with the label "PRIVATE KEY" (PKCS #8)')
  }
}

function materialOfJwk(jwk: Jwk): KeyMaterial {
  if (typeof jwk !== 'object' || jwk === null) throw new TypeError('key: expected a string or a JWK')
  const material = readJwk(jwk, 'key')
  if (!material.isPrivate) throw new TypeError('key: this is a public key, but a private key is needed')
  return material
}

async function checked({ algorithm, bytes, publicKey }: KeyMaterial): Promise<PrivateKey> {
  const reason = privateKeyFault(algorithm, bytes)
  if (reason !== undefined) throw new TypeError(`key: ${reason}`)
  const key = { algorithm, bytes }
  if (publicKey === undefined) return key
  const derived = await publicKeyOf(key)
  const repeated = algorithm === 'secp256r1' ? compressedPoint(publicKey) : publicKey
  if (repeated !== undefined && equalBytes(derived.bytes, repeated)) return key
  throw new TypeError('key: the private key does not belong to the public key beside it')
}
