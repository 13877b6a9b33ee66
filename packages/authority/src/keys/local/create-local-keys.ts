import { createPrivateKey, createSecretKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyProvider } from '../key-provider.ts'
import { open, seal } from './seal.ts'

const MASTER_KEY_LENGTH = 32

/**
 * Keeps private keys in the database, each encrypted under the master key and bound to its purpose and its public key.
 * A row that was changed, or that stands in for another, cannot be opened.
 *
 * @param options.masterKey - 32 bytes from `loadMasterKey`. They are copied.
 * @throws `TypeError` if the master key has another length.
 *
 * @example
 * ```ts
 * import { createLocalKeys, loadMasterKey } from '@writ/authority'
 *
 * const masterKey = await loadMasterKey({ environment: process.env, folder: './writ-data' })
 * const keyProvider = createLocalKeys({ masterKey })
 * console.log(keyProvider.name) // local
 * ```
 */
export function createLocalKeys(options: { readonly masterKey: Uint8Array }): KeyProvider {
  const { masterKey: bytes } = options
  if (!(bytes instanceof Uint8Array) || bytes.length !== MASTER_KEY_LENGTH) {
    throw new TypeError('masterKey: must be 32 bytes')
  }
  const masterKey = createSecretKey(bytes)

  return Object.freeze({
    name: 'local',
    async create(purpose) {
      const { privateKey } = generateKeyPairSync('ed25519')
      const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
      const publicKey = publicKeyText(x)
      const seed = Buffer.from(d, 'base64url')
      return { publicKey, sealed: seal(masterKey, seed, { purpose, publicKey }) }
    },
    async open({ publicKey, purpose, sealed }) {
      const d = open(masterKey, sealed, { purpose, publicKey }).toString('base64url')
      const x = Buffer.from(publicKey.replace('ed25519/', ''), 'hex').toString('base64url')
      const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })
      return Object.freeze({ publicKey, sign: (message: Uint8Array) => sign(null, message, key) })
    },
  } satisfies KeyProvider)
}

function publicKeyText(x: string): string {
  return `ed25519/${Buffer.from(x, 'base64url').toString('hex')}`
}
