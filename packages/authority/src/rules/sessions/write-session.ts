import type { SessionContext } from '@writ/engine'
import type { Transaction } from 'kysely'
import type { SessionTable, Tables } from '../../store/tables.ts'
import type { SeenLabel } from './find-session.ts'

export async function writeSession(query: Transaction<Tables>, session: SessionTable): Promise<void> {
  await query.insertInto('sessions').values(session).execute()
}

/** Writes that a context belongs to a session, which lives as long as the last of its contexts. */
export async function writeContext(
  query: Transaction<Tables>,
  sessionId: string,
  { id, expiresAt }: SessionContext,
): Promise<void> {
  await query
    .insertInto('session_contexts')
    .values({ id, session_id: sessionId, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  await query
    .updateTable('sessions')
    .set({ expires_at: expiresAt })
    .where('id', '=', sessionId)
    .where('expires_at', '<', expiresAt)
    .execute()
}

/** Writes labels with the time at which each was seen last. */
export async function writeLabels(
  query: Transaction<Tables>,
  sessionId: string,
  labels: readonly Pick<SeenLabel, 'label' | 'seen'>[],
): Promise<void> {
  // The last of a label counts: one statement must not write a row twice.
  const seen = new Map(labels.map((one) => [one.label, one.seen]))
  if (seen.size === 0) return
  await query
    .insertInto('session_labels')
    .values([...seen].map(([label, seen_at]) => ({ session_id: sessionId, label, seen_at })))
    .onConflict((conflict) =>
      conflict.columns(['session_id', 'label']).doUpdateSet((build) => ({ seen_at: build.ref('excluded.seen_at') })),
    )
    .execute()
}
