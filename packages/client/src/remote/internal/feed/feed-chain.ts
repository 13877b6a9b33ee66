import type { KeyStore } from '../keys/key-store.ts'
import { isStatedBy } from '../keys/statement.ts'
import { badAnswer } from '../remote-runtime.ts'
import type { FeedEntry, FeedHead } from './feed-document.ts'

/** A place in the chain of the feed. */
export interface FeedPlace {
  readonly sequence: number
  readonly hash: string
}

/** Before the first entry. */
export const START: FeedPlace = { sequence: 0, hash: '0'.repeat(64) }

/**
 * The place after an entry.
 *
 * @throws `ClientError` `bad_answer` if the entry does not follow.
 */
export async function placeAfter(place: FeedPlace, entry: FeedEntry): Promise<FeedPlace> {
  const { sequence, timeMs, type, value, issuedBefore, expiresAt } = entry
  if (sequence !== place.sequence + 1) throw badAnswer('entries of the feed are missing')
  const members = [place.hash, sequence, timeMs, type, value, issuedBefore, expiresAt]
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(members)))
  return { sequence, hash: toHex(new Uint8Array(digest)) }
}

/**
 * Refuses a head that no feed key of the authority has signed.
 *
 * @throws `ClientError` `bad_answer`; `unavailable` if the key is not known.
 */
export async function assertSigned(head: FeedHead, keys: KeyStore): Promise<void> {
  const { sequence, timeMs, hash, baseSequence, baseHash, keyId, signature } = head
  const key = await keys.find('feeds', keyId)
  const members = [sequence, timeMs, hash, baseSequence, baseHash, keyId]
  if (key === undefined || !(await isStatedBy(key, 'feed-head', members, signature)))
    throw badAnswer('no feed key of the authority has signed the head of the feed')
  if (baseSequence > sequence) throw badAnswer('the feed ends before it begins')
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
