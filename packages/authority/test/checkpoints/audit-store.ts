import { appendRecords } from '../../src/audit/append-records.ts'
import type { AuditRecord } from '../../src/audit/audit-record.ts'
import { hashRecord } from '../../src/audit/internal/hash-record.ts'
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts'
import { writeCheckpoint } from '../../src/checkpoints/write-checkpoint.ts'
import type { Store } from '../../src/store/store.ts'
import type { KeyStore } from '../keys/key-store.ts'

/** Records of alice's mints, numbered. */
function recordsOf(count: number): readonly AuditRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'capability.minted',
    decision: index % 5 === 4 ? 'refused' : 'allowed',
    actor: 'service:gateway',
    subject: 'alice',
    resource: 'invoices',
    operation: 'read',
    revocationId: `${index}`.padStart(8, '0'),
    detail: { index },
  }))
}

export async function append(store: Store, count: number, now: number): Promise<void> {
  await store.transact((transaction) => appendRecords(transaction, recordsOf(count), now))
}

export async function checkpoint({ store, load }: KeyStore, now: number): Promise<Checkpoint> {
  const keys = await load(now)
  const written = await store.transact((transaction) => writeCheckpoint(transaction, keys, now))
  if (written === undefined) throw new Error('there was nothing to sign')
  return written
}

/** As somebody who can write the whole database: makes the chain whole again after a change. */
export async function rehash(store: Store, from: number): Promise<void> {
  await store.transact(async ({ query }) => {
    const rows = await query
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>=', from - 1)
      .orderBy('sequence')
      .execute()
    let previous_hash = from === 1 ? '0'.repeat(64) : (rows[0]?.hash ?? '')
    for (const { hash: _, ...row } of rows.filter(({ sequence }) => sequence >= from)) {
      const hash = hashRecord({ ...row, previous_hash })
      await query.updateTable('audit').set({ previous_hash, hash }).where('sequence', '=', row.sequence).execute()
      previous_hash = hash
    }
    const last = rows.at(-1)?.sequence ?? 0
    await query.updateTable('head').set({ audit_sequence: last, audit_hash: previous_hash }).execute()
  })
}
