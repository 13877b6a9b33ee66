import type { RevocationChange } from '../../revocation-change.ts'
import type { FeedState } from './feed-state.ts'

/** All that is known, then what comes with each head, until the signal aborts. */
export async function* changesOf(state: FeedState, signal: AbortSignal): AsyncGenerator<RevocationChange, void> {
  let cursor = 0
  while (!signal.aborted) {
    // Before looking: what comes meanwhile is not missed.
    const next = state.next
    const change = state.changeAfter(cursor)
    if (change !== undefined) {
      cursor = state.sequence
      yield change
    }
    if (!signal.aborted) await nextOrEnd(next, signal)
  }
}

/** Leaves nothing at the signal, which may be there for as long as the process. */
function nextOrEnd(next: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end)
      resolve()
    }
    signal.addEventListener('abort', end)
    void next.then(end)
  })
}
