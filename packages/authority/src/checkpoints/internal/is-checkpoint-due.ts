import type { Kysely } from 'kysely'
import type { Tables } from '../../store/tables.ts'

const MAX_RECORDS = 1000
const MAX_AGE_MS = 10_000

/** Tells whether enough was recorded since the last checkpoint, or anything long enough ago. */
export async function isCheckpointDue(query: Kysely<Tables>, now: number): Promise<boolean> {
  const { audit_sequence: sequence } = await query.selectFrom('head').select('audit_sequence').executeTakeFirstOrThrow()
  const last = await query
    .selectFrom('checkpoints')
    .select(['sequence', 'time_ms'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  const records = sequence - (last?.sequence ?? 0)
  if (last === undefined || records === 0) return records > 0
  // A clock that was set back must not stop checkpoints until it has caught up.
  return records >= MAX_RECORDS || Math.abs(now * 1000 - last.time_ms) >= MAX_AGE_MS
}
