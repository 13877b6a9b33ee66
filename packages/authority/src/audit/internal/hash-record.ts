import { createHash } from 'node:crypto'
import type { AuditTable } from '../../store/tables.ts'

/** The members of a row that its hash covers, in the order in which they are hashed. */
const HASHED = [
  'sequence',
  'time_ms',
  'kind',
  'decision',
  'actor',
  'subject',
  'resource',
  'operation',
  'revocation_id',
  'detail',
  'previous_hash',
] as const satisfies readonly (keyof AuditTable)[]

/** The hash of a record: SHA-256 of the JSON list of its members, in hex. A list, so that no two rows have one text. */
export function hashRecord(row: Omit<AuditTable, 'hash'>): string {
  return createHash('sha256')
    .update(JSON.stringify(HASHED.map((name) => row[name])))
    .digest('hex')
}
