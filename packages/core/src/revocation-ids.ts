import { DEFAULT_LIMITS } from './internal/base/limits.ts'
import { idsOf } from './internal/rules/revocation.ts'
import { decodeToken } from './internal/token/decode-token.ts'

/**
 * Reads the revocation ids of a token, without proving it: one a block, the authority block's first.
 *
 * Revoking the id of block N revokes every token that contains that block: the first id stops a capability with everything that was
 * narrowed from it, the last one only this copy and what comes of it.
 *
 * @param token - URL-safe base64.
 * @returns Each block's signature as lower-case hex (Biscuit specification, "Revocation identifiers").
 * @throws `CapabilityError` with `malformed_token` or `limits_exceeded`.
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
