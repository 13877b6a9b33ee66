import { AuthorityError } from '../../authority-error.ts'
import type { Store } from '../../store/store.ts'

/** A stream of the feed that is open. */
export interface FeedStream {
  /** Aborts when the authority closes. */
  readonly signal: AbortSignal
  end(): void
}

/** The streams of the feed that are open. */
export interface FeedStreams {
  readonly size: number
  /**
   * Counts a stream in.
   *
   * @param grown - Called whenever the feed may have grown.
   * @throws `AuthorityError` `unavailable` if there are too many.
   */
  add(grown: () => void): FeedStream
  /** Ends all of them. */
  close(): void
}

/**
 * Creates the list of streams of one process. Every mint is a commit, and few commits are revocations: after a commit the end of
 * the feed is looked up once, and streams are told only if it has moved.
 */
export function createFeedStreams(store: Store, max: number): FeedStreams {
  const closing = new AbortController()
  const listeners = new Set<() => void>()
  let sequence: number | undefined
  let looking = false
  let again = false

  async function look(): Promise<void> {
    if (listeners.size === 0) return
    again = looking
    if (looking) return
    looking = true
    // What cannot be looked up may have grown; the stream finds out why.
    const found = await readSequence(store).catch(() => undefined)
    looking = false
    if (found === undefined || found !== sequence) for (const grown of listeners) grown()
    sequence = found
    if (again) await look()
  }

  const stopListening = store.onChange(() => void look())
  return Object.freeze({
    get size() {
      return listeners.size
    },
    add(grown) {
      if (closing.signal.aborted || listeners.size >= max) throw new AuthorityError('unavailable', { part: 'feed' })
      // The caller may give one function twice; each stream counts.
      const listener = () => grown()
      listeners.add(listener)
      return { signal: closing.signal, end: () => void listeners.delete(listener) }
    },
    close() {
      stopListening()
      closing.abort()
    },
  } satisfies FeedStreams)
}

async function readSequence(store: Store): Promise<number> {
  const { feed_sequence } = await store.read((query) =>
    query.selectFrom('head').select('feed_sequence').executeTakeFirstOrThrow(),
  )
  return feed_sequence
}
