import { appendRecords } from '../../audit/append-records.ts'
import type { AuditKind } from '../../audit/audit-record.ts'
import type { AuthorityParts } from '../../authority-parts.ts'
import type { Store } from '../../store/store.ts'

/** In seconds. Strangers can cause refusals, and must not fill the disk by them. */
const WINDOW = 60

interface Counted {
  recordedAt: number
  count: number
}

const counts = new WeakMap<Store, Map<AuditKind, Counted>>()

/** Records that callers whom nobody knows were refused: at most once a minute for each kind, with their number since the last time. */
export async function recordRefusal({ store, now }: AuthorityParts, kind: AuditKind): Promise<void> {
  const byKind = counts.get(store) ?? new Map<AuditKind, Counted>()
  counts.set(store, byKind)
  const counted = byKind.get(kind) ?? { recordedAt: Number.NEGATIVE_INFINITY, count: 0 }
  byKind.set(kind, counted)
  counted.count++
  const time = now()
  if (Math.abs(time - counted.recordedAt) < WINDOW) return
  const { count } = counted
  Object.assign(counted, { recordedAt: time, count: 0 })
  await store.transact((transaction) =>
    appendRecords(transaction, [{ kind, decision: 'refused', detail: { count } }], time),
  )
}
