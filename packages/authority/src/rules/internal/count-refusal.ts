import { appendRecords } from '../../audit/append-records.ts'
import type { AuditKind } from '../../audit/audit-record.ts'
import type { AuthorityParts } from '../../authority-parts.ts'
import type { Store } from '../../store/store.ts'

const MINUTE_SECONDS = 60

interface Counter {
  /** When the last record was written. */
  since: number
  /** Refusals without a record. */
  count: number
}

const counters = new WeakMap<Store, Map<AuditKind, Counter>>()

/** Records refusals of those who have proven nothing: the first at once, and then one record a minute with their number. */
export async function countRefusal(
  { store, now }: Pick<AuthorityParts, 'store' | 'now'>,
  kind: AuditKind,
): Promise<void> {
  const counter = counterOf(store, kind)
  counter.count++
  const time = now()
  // A clock that was set back must not silence the audit.
  if (Math.abs(time - counter.since) < MINUTE_SECONDS) return
  const { since, count } = counter
  Object.assign(counter, { since: time, count: 0 })
  try {
    await store.transact((transaction) =>
      appendRecords(transaction, [{ kind, decision: 'refused', detail: { code: 'refused_credential', count } }], time),
    )
  } catch (error) {
    counter.since = since
    counter.count += count
    throw error
  }
}

function counterOf(store: Store, kind: AuditKind): Counter {
  const ofStore = counters.get(store) ?? new Map<AuditKind, Counter>()
  counters.set(store, ofStore)
  const counter = ofStore.get(kind) ?? { since: Number.NEGATIVE_INFINITY, count: 0 }
  ofStore.set(kind, counter)
  return counter
}
