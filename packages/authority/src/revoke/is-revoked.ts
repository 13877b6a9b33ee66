import type { Kysely } from 'kysely'
import type { Tables } from '../store/tables.ts'

/** Whether one of these blocks is revoked: minted here, or named in the feed. */
export async function isRevoked(query: Kysely<Tables>, ids: readonly string[]): Promise<boolean> {
  const wanted = [...ids, '']
  const token = await query
    .selectFrom('tokens')
    .select('id')
    .where('id', 'in', wanted)
    .where('revoked_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  if (token !== undefined) return true
  const entry = await query
    .selectFrom('revocations')
    .select('sequence')
    .where('type', '=', 'token')
    .where('value', 'in', wanted)
    .limit(1)
    .executeTakeFirst()
  return entry !== undefined
}
