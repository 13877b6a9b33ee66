import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

/** AES-256-GCM (NIST SP 800-38D). A random nonce is safe here: an authority makes few keys. */
const CIPHER = 'aes-256-gcm'
const NONCE_LENGTH = 12
const TAG_LENGTH = 16
const SEED_LENGTH = 32
const VERSION = 'v1.'
const SEALED_LENGTH = NONCE_LENGTH + SEED_LENGTH + TAG_LENGTH
/** base64url without padding: one text for each value. */
const SEALED = /^v1\.[\w-]{80}$/

/** What a sealed seed is bound to. */
export interface Binding {
  readonly purpose: string
  readonly publicKey: string
}

/** Encrypts the seed of a key: `v1.` and nonce, ciphertext and tag in base64url. */
export function seal(masterKey: KeyObject, seed: Buffer, binding: Binding): string {
  const nonce = randomBytes(NONCE_LENGTH)
  const cipher = createCipheriv(CIPHER, masterKey, nonce, { authTagLength: TAG_LENGTH })
  cipher.setAAD(boundBytes(binding))
  const sealed = Buffer.concat([nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()])
  return VERSION + sealed.toString('base64url')
}

/**
 * Decrypts a seed.
 *
 * @throws Error if it was sealed under another master key or for another key, or was changed.
 */
export function open(masterKey: KeyObject, sealed: string, binding: Binding): Buffer {
  if (!SEALED.test(sealed)) throw new Error('this is no sealed key')
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url')
  const tagStart = SEALED_LENGTH - TAG_LENGTH
  const decipher = createDecipheriv(CIPHER, masterKey, bytes.subarray(0, NONCE_LENGTH), { authTagLength: TAG_LENGTH })
  decipher.setAAD(boundBytes(binding))
  decipher.setAuthTag(bytes.subarray(tagStart))
  const seed = decipher.update(bytes.subarray(NONCE_LENGTH, tagStart))
  try {
    decipher.final()
  } catch (cause) {
    throw new Error('it was sealed under another master key, or was changed', { cause })
  }
  return seed
}

function boundBytes({ purpose, publicKey }: Binding): Buffer {
  return Buffer.from(JSON.stringify(['writ key', purpose, publicKey]), 'utf8')
}
