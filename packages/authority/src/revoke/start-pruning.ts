import type { AuthorityParts } from '../authority-parts.ts'
import { pruneFeed } from './prune-feed.ts'

const PAUSE_MS = 60_000

/**
 * Removes expired entries of the feed every minute. Several processes may do so at once.
 *
 * @param onError - Hears why it failed. It is tried again a minute later.
 * @returns What ends that.
 */
export function startPruning(
  parts: Pick<AuthorityParts, 'store' | 'now'>,
  onError: (error: unknown) => void = () => undefined,
): () => void {
  let isUnderWay = false
  const prune = async () => {
    if (isUnderWay) return
    isUnderWay = true
    await pruneFeed(parts).catch(onError)
    isUnderWay = false
  }
  const timer = setInterval(() => void prune(), PAUSE_MS).unref()
  return () => clearInterval(timer)
}
