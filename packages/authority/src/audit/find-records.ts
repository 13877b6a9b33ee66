import type { Kysely } from 'kysely'
import type { AuditTable, Tables } from '../store/tables.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000
const MS_A_SECOND = 1000

/** Which records to find: those that meet everything that is given. */
export interface RecordFilter {
  readonly subject?: string | undefined
  readonly resource?: string | undefined
  readonly decision?: 'allowed' | 'refused' | undefined
  readonly revocationId?: string | undefined
  /** Unix seconds: recorded then or later. */
  readonly from?: number | undefined
  /** Unix seconds: recorded before. */
  readonly to?: number | undefined
  /** The cursor: records after this sequence. Default 0. */
  readonly after?: number | undefined
  /** At most so many, 1 to 1000. Default 100. */
  readonly limit?: number | undefined
}

/** A record as it is shown. */
export interface FoundRecord {
  readonly sequence: number
  readonly timeMs: number
  readonly kind: string
  readonly decision: AuditTable['decision']
  readonly actor: string | null
  readonly subject: string | null
  readonly resource: string | null
  readonly operation: string | null
  readonly revocationId: string | null
  readonly detail: unknown
  readonly hash: string
}

/** A page of records. */
export interface FoundRecords {
  readonly records: readonly FoundRecord[]
  /** The cursor of the next page; `null` if there was no more when this one was read. */
  readonly next: number | null
}

/**
 * Finds records of the audit, in the order in which they were written.
 *
 * @throws `TypeError` if the limit is out of range.
 */
export async function findRecords(query: Kysely<Tables>, filter: RecordFilter): Promise<FoundRecords> {
  const { subject, resource, decision, revocationId, from, to, after = 0, limit = DEFAULT_LIMIT } = filter
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw new TypeError('limit: must be 1 to 1000')
  let wanted = query.selectFrom('audit').selectAll().where('sequence', '>', after)
  if (subject !== undefined) wanted = wanted.where('subject', '=', subject)
  if (resource !== undefined) wanted = wanted.where('resource', '=', resource)
  if (decision !== undefined) wanted = wanted.where('decision', '=', decision)
  if (revocationId !== undefined) wanted = wanted.where('revocation_id', '=', revocationId)
  if (from !== undefined) wanted = wanted.where('time_ms', '>=', Math.ceil(from * MS_A_SECOND))
  if (to !== undefined) wanted = wanted.where('time_ms', '<', Math.ceil(to * MS_A_SECOND))
  // One more tells whether there is another page.
  const rows = await wanted
    .orderBy('sequence')
    .limit(limit + 1)
    .execute()
  const records = rows.slice(0, limit).map(describe)
  return { records, next: rows.length > limit ? (records.at(-1)?.sequence ?? null) : null }
}

function describe(row: AuditTable): FoundRecord {
  return {
    sequence: row.sequence,
    timeMs: row.time_ms,
    kind: row.kind,
    decision: row.decision,
    actor: row.actor,
    subject: row.subject,
    resource: row.resource,
    operation: row.operation,
    revocationId: row.revocation_id,
    detail: JSON.parse(row.detail),
    hash: row.hash,
  }
}
