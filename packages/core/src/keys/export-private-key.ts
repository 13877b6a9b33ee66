import { writePrivateJwk } from './internal/jwk.ts'
import { writePem } from './internal/pem.ts'
import { parsePrivateKey } from './internal/private-keys.ts'
import { publicKeyOf } from './internal/public-key-of.ts'
import { writePkcs8 } from './internal/spki-pkcs8.ts'
import type { Jwk } from './key-types.ts'

/**
 * Writes a private key, unencrypted, in a form that other tools read.
 *
 * @param key - `ed25519-private/<hex>` or `secp256r1-private/<hex>`.
 * @param format - `'pem'`: PKCS #8 (RFC 5958, RFC 8410, RFC 5915). `'jwk'`: a JWK with `d` (RFC 8037, RFC 7518).
 * @throws `TypeError` that starts with `key:` or `format:`. The key itself is never printed.
 *
 * @example
 * ```ts
 * import { exportPrivateKey, generateKeyPair } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair({ algorithm: 'secp256r1' })
 * const jwk = await exportPrivateKey(privateKey, 'jwk')
 * console.log(jwk.kty, jwk.crv) // EC P-256
 * ```
 */
export async function exportPrivateKey(key: string, format: 'pem'): Promise<string>
export async function exportPrivateKey(key: string, format: 'jwk'): Promise<Jwk>
export async function exportPrivateKey(key: string, format: 'pem' | 'jwk'): Promise<string | Jwk> {
  const privateKey = parsePrivateKey(key, 'key')
  if (format !== 'pem' && format !== 'jwk') throw new TypeError('format: must be "pem" or "jwk"')
  const publicKey = await publicKeyOf(privateKey)
  if (format === 'jwk') return writePrivateJwk(privateKey, publicKey)
  return writePem({ label: 'PRIVATE KEY', der: writePkcs8(privateKey, publicKey) })
}
