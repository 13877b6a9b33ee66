import { checkIdentityName, namesAbove } from './internal/base/identity-name.ts'
import type { RevocationCheck } from './internal/rules/revocation-check.ts'
import type { Keys } from './internal/signature/root-key-source.ts'
import { revocationOf } from './revocation-of.ts'

/** Revoked ids and names in memory: for one process, for tests, or behind a feed. */
export interface RevocationList extends RevocationCheck {
  /**
   * Revokes a token and every copy of it, narrowed or not. The token is proven first; it may have expired.
   *
   * @param token - The token or any narrowed copy of it, URL-safe base64.
   * @param keys - The root public keys, as for a verifier.
   * @throws `TypeError` that starts with `token:` or `keys:`.
   * @throws `CapabilityError` with `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature` or `unavailable`;
   *   then nothing is revoked.
   */
  revokeToken(token: string, keys: Keys): Promise<void>
  /**
   * Revokes every token that contains the block with this id. For one narrowed copy with what was narrowed from it: the last of
   * its `revocationIds`.
   *
   * @param id - Hex, any case.
   * @throws `TypeError` that starts with `id:` unless it is hex of even length.
   */
  revoke(id: string): void
  /**
   * Revokes the identities of a name and of every name below it, for verifiers of identities. Unlike an id, a name may come
   * back: those that are issued later are refused as well, for as long as the list is kept.
   *
   * @param prefix - A whole name: `agent:alice` covers `agent:alice` and `agent:alice:job`, and not `agent:alicia`.
   * @throws `TypeError` that starts with `prefix:` unless it is a name that can be minted.
   */
  revokeActor(prefix: string): void
  isRevoked(ids: readonly string[]): boolean
  isActorRevoked(name: string): boolean
  /** How many ids and names are on the list. */
  readonly size: number
}

/**
 * Creates a list of revoked ids.
 *
 * @param ids - Ids to begin with. Default: none.
 * @returns A list that a verifier takes as `revocation`.
 * @throws `TypeError` that starts with `ids:` if `ids` is not iterable or is a string, with `id:` for an id that is not hex of even
 *   length.
 *
 * @example
 * ```ts
 * import { createRevocationList, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const revocation = createRevocationList()
 * const verifier = createVerifier({ keys: publicKey, anchor: null, revocation })
 *
 * await revocation.revokeToken(token, publicKey)
 * await verifier.prove(token).catch((error) => error.code) // revoked
 * ```
 */
export function createRevocationList(ids: Iterable<string> = []): RevocationList {
  // A string is iterable too, but its characters are not ids.
  if (typeof ids !== 'object' || ids === null || !(Symbol.iterator in ids))
    throw new TypeError('ids: must be a list of ids')
  const revoked = new Set<string>()
  const actors = new Set<string>()
  const list: RevocationList = {
    async revokeToken(token, keys) {
      const { id } = await revocationOf(token, keys)
      list.revoke(id)
    },
    revoke(id) {
      revoked.add(normalizeRevocationId(id))
    },
    revokeActor(prefix) {
      checkIdentityName('prefix', prefix, false)
      actors.add(prefix)
    },
    isRevoked(candidates) {
      return candidates.some((id) => revoked.has(id.toLowerCase()))
    },
    isActorRevoked(name) {
      return actors.size > 0 && (actors.has(name) || namesAbove(name).some((above) => actors.has(above)))
    },
    get size() {
      return revoked.size + actors.size
    },
  }
  for (const id of ids) list.revoke(id)
  return list
}

/** Lower case: a list that kept `AB` would never meet `ab`. */
function normalizeRevocationId(id: string): string {
  if (typeof id !== 'string' || id.length === 0 || id.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(id)) {
    throw new TypeError('id: must be hex of even length')
  }
  return id.toLowerCase()
}
