import type { Transaction } from 'kysely'
import type { Tables } from '../../store/tables.ts'

/** Whoever opens a session removes more than one, so they cannot pile up. */
const MOST = 20

/** Removes some sessions that have ended, with all that belongs to them. */
export async function removeExpiredSessions(query: Transaction<Tables>, now: number): Promise<void> {
  const ended = await query.selectFrom('sessions').select('id').where('expires_at', '<=', now).limit(MOST).execute()
  if (ended.length === 0) return
  const ids = ended.map(({ id }) => id)
  await query.deleteFrom('session_labels').where('session_id', 'in', ids).execute()
  await query.deleteFrom('session_contexts').where('session_id', 'in', ids).execute()
  await query.deleteFrom('sessions').where('id', 'in', ids).execute()
}
