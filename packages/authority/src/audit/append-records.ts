import type { StoreTransaction } from '../store/store.ts'
import type { AuditTable } from '../store/tables.ts'
import type { AuditRecord } from './audit-record.ts'
import { hashRecord } from './internal/hash-record.ts'
import { storableText } from './storable-text.ts'

/** So many rows fit into one statement: PostgreSQL takes 65,535 parameters. */
const ROWS_A_STATEMENT = 1000

/**
 * Appends records to the audit, in the transaction of the act. Locks the head, so it comes last in an act.
 *
 * @param time - Unix seconds.
 * @returns The sequence of the last record.
 */
export async function appendRecords(
  transaction: StoreTransaction,
  records: readonly AuditRecord[],
  time: number,
): Promise<number> {
  const head = await transaction.lockHead()
  let { audit_sequence: sequence, audit_hash: hash } = head
  const rows = records.map((record): AuditTable => {
    const row = {
      sequence: ++sequence,
      time_ms: Math.floor(time * 1000),
      kind: record.kind,
      decision: record.decision,
      actor: storable(record.actor),
      subject: storable(record.subject),
      resource: storable(record.resource),
      operation: storable(record.operation),
      revocation_id: storable(record.revocationId),
      detail: JSON.stringify(record.detail ?? {}),
      previous_hash: hash,
    }
    hash = hashRecord(row)
    return { ...row, hash }
  })
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const some = rows.slice(start, start + ROWS_A_STATEMENT)
    await transaction.query.insertInto('audit').values(some).execute()
  }
  await transaction.updateHead({ audit_sequence: sequence, audit_hash: hash })
  return sequence
}

/** What was hashed must be what is read. In `detail`, JSON escapes what a database may change. */
function storable(text: string | undefined): string | null {
  return text === undefined ? null : storableText(text)
}
