import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { readFeed } from '../../revoke/read-feed.ts'
import type { HttpEnv, HttpParts } from '../http-parts.ts'
import type { FeedStream, FeedStreams } from './feed-streams.ts'

/** A signed head is sent at least so often: verifiers that hear nothing cannot know whether something was revoked. */
const HEARTBEAT_MS = 5000

/** Answers with the feed as server-sent events: `entry` for each entry, then `head`, and both again whenever it grows. */
export function streamFeed(c: Context<HttpEnv>, http: HttpParts, after = 0): Response {
  const waiting = new Waiting(http.streams)
  let cursor = lastEventId(c.req.header('last-event-id')) ?? after
  c.header('Cache-Control', 'no-store')
  // Proxies that buffer would hold back a revocation.
  c.header('X-Accel-Buffering', 'no')
  return streamSSE(
    c,
    async (stream) => {
      stream.onAbort(() => waiting.close())
      try {
        while (!waiting.isClosed) {
          cursor = await sendPages(stream, http, cursor)
          await waiting.untilChange(HEARTBEAT_MS)
        }
      } finally {
        waiting.close()
      }
    },
    async (error) => http.report({ event: 'feed stream failed', error }),
  )
}

async function sendPages(stream: SSEStreamingApi, http: HttpParts, after: number): Promise<number> {
  let cursor = after
  for (;;) {
    const { entries, head, more } = await readFeed(http, { after: cursor })
    for (const entry of entries) {
      await stream.writeSSE({ event: 'entry', id: String(entry.sequence), data: JSON.stringify(entry) })
    }
    cursor = entries.at(-1)?.sequence ?? cursor
    if (more) continue
    await stream.writeSSE({ event: 'head', data: JSON.stringify(head) })
    return cursor
  }
}

function lastEventId(header: string | undefined): number | undefined {
  return header === undefined || !/^[0-9]{1,15}$/.test(header) ? undefined : Number(header)
}

/** Wakes a stream when the feed has grown. What is added while it sends wakes it at once. */
class Waiting {
  isClosed = false
  #changed = false
  #wake: () => void = () => undefined
  readonly #stream: FeedStream
  readonly #onAbort = () => this.close()

  /** @throws `AuthorityError` `unavailable` if there are too many streams. */
  constructor(streams: FeedStreams) {
    this.#stream = streams.add(() => {
      this.#changed = true
      this.#wake()
    })
    this.#stream.signal.addEventListener('abort', this.#onAbort)
  }

  async untilChange(timeoutMs: number): Promise<void> {
    if (!this.#changed && !this.isClosed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#changed = false
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#stream.end()
    this.#stream.signal.removeEventListener('abort', this.#onAbort)
    this.#wake()
  }
}
