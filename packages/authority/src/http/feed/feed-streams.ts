import { AuthorityError } from '../../authority-error.ts'

/** The streams of the feed that are open. */
export interface FeedStreams {
  readonly size: number
  /**
   * Counts a stream in. The signal aborts when the authority closes.
   *
   * @throws `AuthorityError` `unavailable` if there are too many.
   */
  add(): { readonly signal: AbortSignal; end(): void }
  /** Ends all of them. */
  close(): void
}

/** Creates the list of streams of one process. */
export function createFeedStreams(max: number): FeedStreams {
  const closing = new AbortController()
  let open = 0
  return Object.freeze({
    get size() {
      return open
    },
    add() {
      if (closing.signal.aborted || open >= max) throw new AuthorityError('unavailable', { part: 'feed' })
      open++
      let isOpen = true
      return {
        signal: closing.signal,
        end() {
          if (isOpen) open--
          isOpen = false
        },
      }
    },
    close: () => closing.abort(),
  })
}
