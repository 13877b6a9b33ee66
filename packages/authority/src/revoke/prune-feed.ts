import type { AuthorityParts } from '../authority-parts.ts'
import { CLOCK_MARGIN } from './internal/times.ts'

/** So many entries are removed in one transaction, which others wait for. */
const PAGE = 1000

/**
 * Removes entries from the front of the feed whose tokens have expired an hour ago. The hash of the last one becomes the base,
 * so the chain of what remains can still be checked.
 *
 * @returns How many were removed.
 * @throws `StoreError`
 */
export async function pruneFeed(parts: Pick<AuthorityParts, 'store' | 'now'>): Promise<number> {
  for (let removed = 0; ; ) {
    const page = await prunePage(parts)
    removed += page
    if (page < PAGE) return removed
  }
}

function prunePage({ store, now }: Pick<AuthorityParts, 'store' | 'now'>): Promise<number> {
  return store.transact(async (transaction) => {
    const { feed_base_sequence: base } = await transaction.lockHead()
    const rows = await transaction.query
      .selectFrom('revocations')
      .select(['sequence', 'hash', 'expires_at'])
      .orderBy('sequence')
      .limit(PAGE)
      .execute()
    const end = now() - CLOCK_MARGIN
    const first = rows.findIndex(({ expires_at }) => expires_at > end)
    const last = rows[(first === -1 ? rows.length : first) - 1]
    if (last === undefined) return 0
    await transaction.query.deleteFrom('revocations').where('sequence', '<=', last.sequence).execute()
    await transaction.updateHead({ feed_base_sequence: last.sequence, feed_base_hash: last.hash })
    return last.sequence - base
  })
}
