import type { RevocationCheck } from './internal/rules/revocation-check.ts'

/** Revocation ids in memory: for one process, for tests, or behind a feed. */
export interface RevocationList extends RevocationCheck {
  /** Revokes every token that contains a block with this id (hex, any case). Errors: `TypeError` when it is none. */
  revoke(id: string): void
  isRevoked(ids: readonly string[]): boolean
  /** How many ids are on the list. */
  readonly size: number
}

/**
 * Creates a list of revoked ids.
 *
 * @param ids - Ids to begin with. Default: none.
 * @returns A list that a verifier takes as `revocation`.
 * @throws `TypeError` that starts with `ids:` for what is no list, with `id:` for an id that is not hex of even length.
 *
 * @example
 * ```ts
 * import { createRevocationList, createVerifier, generateKeyPair, mintCapability, revocationIds } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const revocation = createRevocationList()
 * const verifier = createVerifier({ keys: publicKey, anchor: null, revocation })
 *
 * const [id = ''] = revocationIds(token)
 * revocation.revoke(id)
 * await verifier.prove(token).catch((error) => error.code) // revoked
 * ```
 */
export function createRevocationList(ids: Iterable<string> = []): RevocationList {
  // A string is iterable too, and none of its characters an id.
  if (typeof ids !== 'object' || ids === null || !(Symbol.iterator in ids))
    throw new TypeError('ids: must be a list of ids')
  const revoked = new Set<string>()
  const list: RevocationList = {
    revoke(id) {
      revoked.add(normalizeRevocationId(id))
    },
    isRevoked(candidates) {
      return candidates.some((id) => revoked.has(id.toLowerCase()))
    },
    get size() {
      return revoked.size
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
