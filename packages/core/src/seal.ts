import { assertWritten } from './internal/assert-written.ts'
import { writeSeal } from './internal/biscuit/write-token.ts'
import { rootKeys } from './internal/crypto/root-keys.ts'
import { parsePublicKey } from './internal/keys.ts'
import { readToken } from './internal/read-token.ts'

/**
 * Seals a token of any kind: nothing can be appended to it any more, by anybody. It needs no private key.
 *
 * @param token - URL-safe base64.
 * @param publicKey - The root public key.
 * @returns The sealed token, URL-safe base64 with padding; good for what the open one is good for. Its revocation ids are the same.
 * @throws `TypeError` that starts with `publicKey:`; or with `token:` for one that is sealed already.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature`, `unsupported_block`.
 *
 * @example
 * ```ts
 * import { attenuate, generateKeyPair, mintCapability, seal } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const sealed = await seal(token, publicKey)
 * await attenuate(sealed, publicKey, { expiresIn: '5s' }).catch((error) => error.message) // token: is sealed, ...
 * ```
 */
export async function seal(token: string, publicKey: string): Promise<string> {
  if (typeof token !== 'string') throw new TypeError('token: must be a string')
  const key = parsePublicKey(publicKey, 'publicKey')
  const { token: proven } = await readToken(token, rootKeys(key.text))
  if (proven.proof.type === 'finalSignature') throw new TypeError('token: is sealed already')
  return assertWritten(writeSeal(token, key), key, 'token')
}
