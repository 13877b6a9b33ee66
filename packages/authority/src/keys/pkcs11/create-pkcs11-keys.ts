import { randomBytes } from 'node:crypto'
import type { Algorithm, Signer } from '@writ/core'
import pkcs11js from 'pkcs11js'
import type { KeyProvider, KeyPurpose } from '../key-provider.ts'
import { ALGORITHMS, readPoint } from './algorithms.ts'
import { Device, type DeviceOptions } from './device.ts'

const ID_LENGTH = 16
const ID = /^[0-9a-f]{32}$/
const SIGNATURE_LENGTH = 64

/** Where the keys are kept. */
export interface Pkcs11Options extends DeviceOptions {
  /**
   * What new keys are. Default `'ed25519'`. `'secp256r1'` is for devices that have no EdDSA; Writ's verifiers take both,
   * and a feed key or an audit key signs statements of the same form with it.
   */
  readonly algorithm?: Algorithm | undefined
}

/** A key provider over a device. */
export interface Pkcs11Keys extends KeyProvider {
  /** Ends the session, and what the whole process does with the library of the device. */
  close(): Promise<void>
}

/**
 * Keeps private keys in a device that speaks PKCS #11, such as a hardware security module or SoftHSM. They are made in it
 * and cannot be taken out. The database holds their ids.
 *
 * Needs the package `pkcs11js`, which is compiled when it is installed.
 *
 * @param options - See {@link Pkcs11Options}.
 * @throws Error if the library cannot be loaded. What the device refuses, such as a wrong PIN, is thrown by `create` and
 *   `open`.
 *
 * @example
 * ```ts
 * import { createPkcs11Keys } from '@writ/authority/pkcs11'
 *
 * function createKeys(pin: string) {
 *   return createPkcs11Keys({ library: '/usr/lib/softhsm/libsofthsm2.so', token: 'writ', pin })
 * }
 * ```
 */
export function createPkcs11Keys(options: Pkcs11Options): Pkcs11Keys {
  const { algorithm = 'ed25519' } = options
  if (!Object.hasOwn(ALGORITHMS, algorithm)) throw new TypeError('algorithm: must be "ed25519" or "secp256r1"')
  const device = new Device(options)

  return Object.freeze({
    name: 'pkcs11',
    async create(purpose) {
      const id = randomBytes(ID_LENGTH)
      const publicKey = await device.work((module, session) => {
        const { generate, parameters } = ALGORITHMS[algorithm]
        const { publicKey: object } = module.C_GenerateKeyPair(
          session,
          { mechanism: generate },
          [
            ...attributesOf(pkcs11js.CKO_PUBLIC_KEY, id, purpose),
            { type: pkcs11js.CKA_VERIFY, value: true },
            { type: pkcs11js.CKA_EC_PARAMS, value: parameters },
          ],
          [
            ...attributesOf(pkcs11js.CKO_PRIVATE_KEY, id, purpose),
            { type: pkcs11js.CKA_PRIVATE, value: true },
            { type: pkcs11js.CKA_SENSITIVE, value: true },
            { type: pkcs11js.CKA_EXTRACTABLE, value: false },
            { type: pkcs11js.CKA_SIGN, value: true },
          ],
        )
        const [point] = module.C_GetAttributeValue(session, object, [{ type: pkcs11js.CKA_EC_POINT }])
        return readPoint(algorithm, point?.value as Buffer)
      })
      return { publicKey, sealed: id.toString('hex') }
    },
    async open({ publicKey, purpose, sealed }) {
      if (!ID.test(sealed)) throw new Error('this is no id of a key')
      const kind = publicKey.startsWith('ed25519/') ? ALGORITHMS.ed25519 : ALGORITHMS.secp256r1
      const attributes = attributesOf(pkcs11js.CKO_PRIVATE_KEY, Buffer.from(sealed, 'hex'), purpose)
      const signer: Signer = {
        publicKey,
        sign: (message) =>
          device.work((module, session) => {
            const key = Device.find(module, session, attributes)
            module.C_SignInit(session, { mechanism: kind.sign }, key)
            return module.C_SignAsync(session, kind.digest(message), Buffer.alloc(SIGNATURE_LENGTH))
          }),
      }
      await device.work((module, session) => Device.find(module, session, attributes))
      return Object.freeze(signer)
    },
    close: () => device.close(),
  } satisfies Pkcs11Keys)
}

/** By which a key is found. The label binds it to its purpose. */
function attributesOf(kind: number, id: Buffer, purpose: KeyPurpose) {
  return [
    { type: pkcs11js.CKA_CLASS, value: kind },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_ID, value: id },
    { type: pkcs11js.CKA_LABEL, value: `writ ${purpose}` },
  ]
}
