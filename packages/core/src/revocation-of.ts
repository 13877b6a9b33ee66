import { DEFAULT_LIMITS } from './internal/base/limits.ts'
import { checksOf } from './internal/evaluate/check.ts'
import { statedWorld } from './internal/evaluate/world.ts'
import { authenticateToken } from './internal/read/authenticate-token.ts'
import { literalEnd } from './internal/rules/expiry.ts'
import { idsOf } from './internal/rules/revocation.ts'
import type { Keys } from './internal/signature/root-key-source.ts'
import { rootKeys } from './internal/signature/root-keys.ts'
import type { SignedBlock } from './internal/token/decode-token.ts'

/** What a list must keep to revoke a token, and for how long. */
export interface TokenRevocation {
  /** The revocation id of the authority block, which every copy of the token contains. */
  readonly id: string
  /** When the last copy ends, in Unix seconds. `undefined`: the authority block sets no end, so keep the id for good. */
  readonly expiresAt: number | undefined
}

/**
 * Says what a revocation list must keep to revoke a token with all its copies. For lists of your own: those of Writ have
 * `revokeToken`.
 *
 * The token is proven first: an end that somebody has changed would let the list forget the id too early. The end is that of the
 * authority block, since other copies may live longer than this one. Whether the token has expired or is revoked does not matter.
 *
 * @param token - The token or any narrowed copy of it, URL-safe base64.
 * @param keys - The root public keys, as for a verifier.
 * @throws `TypeError` that starts with `token:` or `keys:`.
 * @throws `CapabilityError` with `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature` or `unavailable`.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintCapability, revocationIds, revocationOf } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const { id, expiresAt } = await revocationOf(token, publicKey)
 * console.log(id === revocationIds(token)[0]) // true
 * ```
 */
export async function revocationOf(token: string, keys: Keys): Promise<TokenRevocation> {
  if (typeof token !== 'string') throw new TypeError('token: must be a string')
  // Statements of later blocks do not matter: a holder could add one that no verifier supports to keep the rest from being revoked.
  const { token: proven } = await authenticateToken(token, rootKeys(keys), DEFAULT_LIMITS, () => {})
  const [id = ''] = idsOf(proven)
  return Object.freeze({ id, expiresAt: endOf(proven.blocks[0] as SignedBlock) })
}

/** The end that holds for every copy. A check that trusts a key does not count: a later block by that key may satisfy it. */
function endOf(authority: SignedBlock): number | undefined {
  const stated = statedWorld([authority])
  const ends = checksOf([authority]).flatMap((placed) => {
    const scopes = [...authority.content.scopes, ...placed.check.queries.flatMap((query) => query.scopes)]
    if (scopes.some(({ type }) => type === 'key')) return []
    return literalEnd(placed, [authority], stated) ?? []
  })
  return ends.length === 0 ? undefined : Number(ends.reduce((least, end) => (end < least ? end : least)))
}
