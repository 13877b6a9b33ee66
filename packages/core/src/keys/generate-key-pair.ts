import { p256 } from '@noble/curves/nist.js'
import { checkOptions } from '../internal/base/options.ts'
import { ALGORITHMS } from './internal/keys.ts'
import { privateKeyText } from './internal/private-keys.ts'
import { publicKeyOf } from './internal/public-key-of.ts'
import type { Algorithm, KeyPair } from './key-types.ts'

/** Which kind of key pair to generate. */
export interface GenerateKeyPairOptions {
  /** The signature algorithm. Default `'ed25519'`, which is faster and whose signatures cannot be re-encoded. */
  readonly algorithm?: Algorithm
}

/**
 * Generates a new root key pair from the platform's secure random numbers.
 *
 * @param options - See {@link GenerateKeyPairOptions}.
 * @returns Both keys in Biscuit's notation.
 * @throws `TypeError` that starts with `algorithm:` for an algorithm that Biscuit does not have.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * console.log(publicKey) // ed25519/...
 * ```
 */
export async function generateKeyPair(options: GenerateKeyPairOptions = {}): Promise<KeyPair> {
  checkOptions('options', options, { algorithm: true })
  const { algorithm = 'ed25519' } = options
  if (!ALGORITHMS.includes(algorithm)) throw new TypeError('algorithm: must be "ed25519" or "secp256r1"')
  const bytes =
    algorithm === 'ed25519' ? crypto.getRandomValues(new Uint8Array(32)) : new Uint8Array(p256.utils.randomSecretKey())
  const privateKey = { algorithm, bytes }
  const { text: publicKey } = await publicKeyOf(privateKey)
  return { publicKey, privateKey: privateKeyText(privateKey) }
}
