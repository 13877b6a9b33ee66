import { type HonoGuard, writ } from '@writ/hono'
import type { AuthorityParts } from '../../authority-parts.ts'
import { isRevoked } from '../../revoke/is-revoked.ts'
import type { HttpEnv } from '../http-parts.ts'

/**
 * Creates the guard of the routes of administrators: capabilities of this authority, for itself. Keys are those in force, and
 * revocations are looked up in the store, so that one counts from its acknowledgement.
 */
export function createAdminGuard(parts: AuthorityParts): HonoGuard<HttpEnv> {
  return writ<HttpEnv>({
    keys: async (rootKeyId) => {
      const { keys } = await parts.rules.current()
      return keys.roots.find(({ id, state }) => id === rootKeyId && state !== 'next')?.publicKey
    },
    anchor: parts.name,
    now: parts.now,
    revocation: { isRevoked: (ids) => parts.store.read((query) => isRevoked(query, { ids })) },
    refuse: 'error',
    log: false,
  })
}
