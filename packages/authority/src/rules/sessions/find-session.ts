import type { Kysely } from 'kysely'
import type { SessionTable, Tables } from '../../store/tables.ts'
import { namesAbove } from '../names-above.ts'

/** A label of a session. */
export interface SeenLabel {
  readonly label: string
  /** When it was recorded last, in this session or in a related one. */
  readonly seen: number
  /** When it was recorded in this session. */
  readonly own: number | null
}

/** The open session of a context. */
export function findSession(
  query: Kysely<Tables>,
  contextId: string,
  now: number,
): Promise<Readonly<SessionTable> | undefined> {
  return query
    .selectFrom('session_contexts')
    .innerJoin('sessions', 'sessions.id', 'session_contexts.session_id')
    .selectAll('sessions')
    .where('session_contexts.id', '=', contextId)
    .where('sessions.expires_at', '>', now)
    .executeTakeFirst()
}

/** What a session and its related ones have seen since it counts: those of its subject, of names above it and below it. */
export function labelsOfRelated(
  query: Kysely<Tables>,
  { id, subject, since }: Pick<SessionTable, 'id' | 'subject' | 'since'>,
  now: number,
): Promise<readonly SeenLabel[]> {
  return query
    .selectFrom('session_labels')
    .innerJoin('sessions', 'sessions.id', 'session_labels.session_id')
    .select((build) => [
      'session_labels.label',
      build.fn.max('session_labels.seen_at').as('seen'),
      build.fn.max(build.case().when('sessions.id', '=', id).then(build.ref('session_labels.seen_at')).end()).as('own'),
    ])
    .where('sessions.expires_at', '>', now)
    .where('session_labels.seen_at', '>', since)
    .where((build) =>
      build.or([
        build('sessions.subject', 'in', [subject, ...namesAbove(subject)]),
        // The names that begin with `subject:`. A semicolon follows the colon, and the column is ordered by bytes.
        build.and([build('sessions.subject', '>', `${subject}:`), build('sessions.subject', '<', `${subject};`)]),
      ]),
    )
    .groupBy('session_labels.label')
    .orderBy('session_labels.label')
    .execute()
}
