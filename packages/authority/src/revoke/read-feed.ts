import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import type { FeedEntry, FeedHead } from './feed-entry.ts'
import { feedHead } from './feed-head.ts'

/** A part of the feed. */
export interface FeedPage {
  /** In order, without a gap. The first follows `after`, or the base where that is later. */
  readonly entries: readonly FeedEntry[]
  readonly head: FeedHead
  /** Whether the feed has entries after these. */
  readonly more: boolean
}

const MAX_LIMIT = 1000
/** Entries may be removed from the front while they are read. That is rare, and never twice at once. */
const MAX_TRIES = 3

/**
 * Reads the feed.
 *
 * @param cursor - `after`: the last sequence that the reader knows, default 0. `limit`: 1 to 1000 entries, default 1000.
 * @throws `AuthorityError` `invalid_request` with the `member` that is wrong; `unavailable`. `StoreError`.
 */
export async function readFeed(
  parts: Pick<AuthorityParts, 'store' | 'rules' | 'now'>,
  { after = 0, limit = MAX_LIMIT }: { readonly after?: number | undefined; readonly limit?: number | undefined } = {},
): Promise<FeedPage> {
  if (!Number.isSafeInteger(after) || after < 0) throw new AuthorityError('invalid_request', { member: 'after' })
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new AuthorityError('invalid_request', { member: 'limit' })
  }
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const head = await feedHead(parts)
    const start = Math.max(after, head.baseSequence)
    const entries = await readEntries(parts, start, head.sequence, limit)
    if (start >= head.sequence || entries[0]?.sequence === start + 1) {
      return { entries, head, more: start + entries.length < head.sequence }
    }
  }
  throw new AuthorityError('unavailable', { part: 'feed' })
}

async function readEntries(
  { store }: Pick<AuthorityParts, 'store'>,
  start: number,
  end: number,
  limit: number,
): Promise<readonly FeedEntry[]> {
  const rows = await store.read((query) =>
    query
      .selectFrom('revocations')
      .selectAll()
      .where('sequence', '>', start)
      .where('sequence', '<=', end)
      .orderBy('sequence')
      .limit(limit)
      .execute(),
  )
  return rows.map((row) => ({
    sequence: row.sequence,
    timeMs: row.time_ms,
    type: row.type,
    value: row.value,
    issuedBefore: row.issued_before,
    expiresAt: row.expires_at,
  }))
}
