import { p256 as library } from '@noble/curves/nist.js'

export { ed25519 } from './own.ts'

/** ECDSA over P-256 with SHA-256. */
export const p256 = {
  verify: (publicKey: Uint8Array, der: Uint8Array, data: Uint8Array): boolean =>
    library.verify(der, data, publicKey, { format: 'der', lowS: false }),
  publicKeyOf: (secret: Uint8Array): Uint8Array => library.getPublicKey(secret, true),
}
