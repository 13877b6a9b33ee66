import { createHash } from 'node:crypto'
import type { FeedEntry } from '../feed-entry.ts'

/** The hash of an entry: SHA-256 of the JSON list of the hash before it and its members, in hex. */
export function hashEntry(previous: string, entry: FeedEntry): string {
  const { sequence, timeMs, type, value, issuedBefore, expiresAt } = entry
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, timeMs, type, value, issuedBefore, expiresAt]))
    .digest('hex')
}
