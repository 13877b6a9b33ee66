import type { AuthorityParts } from '../authority-parts.ts'
import { signStatement } from '../keys/sign-statement.ts'
import type { FeedHead } from './feed-entry.ts'

/** A head is signed at most so often while nothing changes. */
const LIFE_MS = 1000

/** The last head that was signed, of each store. */
const SIGNED = new WeakMap<AuthorityParts['store'], FeedHead>()

/**
 * The signed end of the feed. While the feed stays as it is, a head is signed once a second at most.
 *
 * @throws `StoreError`
 */
export async function feedHead(parts: Pick<AuthorityParts, 'store' | 'rules' | 'now'>): Promise<FeedHead> {
  const { store, rules, now } = parts
  // Read before the feed is: a head says that at this time nothing else was revoked.
  const timeMs = Math.floor(now() * 1000)
  const { keys } = await rules.current()
  const row = await store.read((query) => query.selectFrom('head').selectAll().executeTakeFirstOrThrow())
  const end = {
    sequence: row.feed_sequence,
    hash: row.feed_hash,
    baseSequence: row.feed_base_sequence,
    baseHash: row.feed_base_hash,
    keyId: keys.feed.id,
  }
  const known = SIGNED.get(store)
  if (known !== undefined && isSame(known, end) && Math.abs(timeMs - known.timeMs) < LIFE_MS) {
    return known
  }
  const { sequence, hash, baseSequence, baseHash, keyId } = end
  // Verifiers refuse a head that is older than the last one, and a clock may be set back.
  const signedMs = Math.max(timeMs, known?.timeMs ?? 0)
  const members = [sequence, signedMs, hash, baseSequence, baseHash, keyId]
  const signature = await signStatement(keys.feed.signer, 'feed-head', members)
  const head = Object.freeze({ ...end, timeMs: signedMs, signature })
  SIGNED.set(store, head)
  return head
}

function isSame(head: FeedHead, end: Omit<FeedHead, 'timeMs' | 'signature'>): boolean {
  return (Object.keys(end) as (keyof typeof end)[]).every((member) => head[member] === end[member])
}
