import type { StoreTransaction } from '../../store/store.ts'
import type { RevocationTable } from '../../store/tables.ts'
import type { FeedEntry } from '../feed-entry.ts'
import { hashEntry } from './hash-entry.ts'

/** So many rows fit into one statement: SQLite takes 32,766 parameters. */
const ROWS_A_STATEMENT = 1000

/** What is revoked. */
export type NewEntry = Pick<FeedEntry, 'type' | 'value' | 'expiresAt'>

/**
 * Appends entries to the feed, in the transaction of the act.
 *
 * @param time - Unix seconds.
 * @returns The sequence of the first entry; the others follow it.
 */
export async function appendEntries(
  transaction: StoreTransaction,
  entries: readonly NewEntry[],
  reason: string | null,
  time: number,
): Promise<number> {
  const head = await transaction.lockHead()
  const timeMs = Math.floor(time * 1000)
  let { feed_sequence: sequence, feed_hash: hash } = head
  const rows = entries.map(({ type, value, expiresAt }): RevocationTable => {
    const entry = { sequence: ++sequence, timeMs, type, value, issuedBefore: null, expiresAt }
    hash = hashEntry(hash, entry)
    return { sequence, time_ms: timeMs, type, value, issued_before: null, expires_at: expiresAt, reason, hash }
  })
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const some = rows.slice(start, start + ROWS_A_STATEMENT)
    await transaction.query.insertInto('revocations').values(some).execute()
  }
  await transaction.updateHead({ feed_sequence: sequence, feed_hash: hash })
  return head.feed_sequence + 1
}
