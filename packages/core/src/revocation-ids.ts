import { DEFAULT_LIMITS } from './internal/base/limits.ts'
import { idsOf } from './internal/rules/revocation.ts'
import { decodeToken } from './internal/token/decode-token.ts'

/**
 * Reads the revocation ids of a token without verifying it: one id per block, that of the authority block first.
 *
 * Revoking the id of a block revokes every token that contains this block. The first id revokes a capability with
 * everything that was narrowed from it, the last id only this copy and what was narrowed from it.
 *
 * @param token - URL-safe base64.
 * @returns Each block's signature as lower-case hex (Biscuit specification, "Revocation identifiers").
 * @throws `TypeError` that starts with `token:` if it is not a string.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintCapability, revocationIds } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const [id] = revocationIds(token) // 128 hex digits
 * ```
 */
export function revocationIds(token: string): readonly string[] {
  if (typeof token !== 'string') throw new TypeError('token: must be a string')
  return idsOf(decodeToken(token, DEFAULT_LIMITS))
}
