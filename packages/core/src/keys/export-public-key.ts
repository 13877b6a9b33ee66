import { writePublicJwk } from './internal/jwk.ts'
import { parsePublicKey } from './internal/keys.ts'
import { writePem } from './internal/pem.ts'
import { writeSpki } from './internal/spki-pkcs8.ts'
import type { Jwk } from './key-types.ts'

/**
 * Writes a public key in a form that other tools read.
 *
 * @param key - `ed25519/<hex>` or `secp256r1/<hex>`.
 * @param format - `'pem'`: SPKI (RFC 7468 section 13, RFC 8410, RFC 5480). `'jwk'`: a JWK (RFC 8037, RFC 7518).
 * @throws `TypeError` that starts with `key:` or `format:`.
 *
 * @example
 * ```ts
 * import { exportPublicKey, generateKeyPair } from '@writ/core'
 *
 * const { publicKey } = await generateKeyPair()
 * console.log(await exportPublicKey(publicKey, 'pem')) // -----BEGIN PUBLIC KEY----- ...
 * ```
 */
export async function exportPublicKey(key: string, format: 'pem'): Promise<string>
export async function exportPublicKey(key: string, format: 'jwk'): Promise<Jwk>
export async function exportPublicKey(key: string, format: 'pem' | 'jwk'): Promise<string | Jwk> {
  const publicKey = parsePublicKey(key, 'key')
  if (format === 'pem') return writePem({ label: 'PUBLIC KEY', der: writeSpki(publicKey) })
  if (format === 'jwk') return writePublicJwk(publicKey)
  throw new TypeError('format: must be "pem" or "jwk"')
}
