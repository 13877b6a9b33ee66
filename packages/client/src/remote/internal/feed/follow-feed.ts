import { createParser, ParseError } from 'eventsource-parser'
import { getJson, getResponse } from '../get-json.ts'
import { badAnswer, type RemoteRuntime } from '../remote-runtime.ts'
import { readEntry, readHead, readPage } from './feed-document.ts'
import type { FeedState } from './feed-state.ts'

const PATH = 'v1/revocations'
const MAX_PAGE_BYTES = 2 * 1024 * 1024
const MAX_EVENT_BYTES = 64 * 1024
/** The authority sends a head every five seconds. */
const MAX_SILENCE_MS = 12_000

/**
 * Fetches the feed page by page, up to its signed end.
 *
 * @throws `ClientError`
 */
export async function catchUp(state: FeedState, runtime: RemoteRuntime): Promise<void> {
  state.dropPending()
  for (;;) {
    const before = state.cursor
    const page = readPage(await getJson(`${PATH}?after=${before}`, MAX_PAGE_BYTES, runtime))
    for (const entry of page.entries) state.add(entry)
    if (!page.more) return state.takeHead(page.head)
    if (state.cursor === before) throw badAnswer('the feed says that there is more, and sends nothing')
  }
}

/**
 * Follows the stream of the feed until it ends or falls silent.
 *
 * @param heard - Called after each head.
 * @throws `ClientError`
 */
export async function followStream(
  state: FeedState,
  runtime: RemoteRuntime,
  signal: AbortSignal,
  heard: () => void,
): Promise<void> {
  // Closed while it caught up: nothing would end the stream any more.
  if (signal.aborted) return
  const ending = new AbortController()
  const end = () => ending.abort()
  signal.addEventListener('abort', end)
  const silence = new Silence(runtime, end)
  try {
    const response = await getResponse(`${PATH}?after=${state.cursor}`, 'text/event-stream', ending.signal, runtime)
    if (!/^text\/event-stream\b/.test(response.headers.get('content-type') ?? '') || response.body === null)
      throw badAnswer('the feed is no stream')
    await readStream(response.body, state, async () => {
      silence.broken()
      heard()
    })
  } finally {
    silence.end()
    signal.removeEventListener('abort', end)
    ending.abort()
  }
}

async function readStream(
  body: ReadableStream<Uint8Array>,
  state: FeedState,
  heard: () => Promise<void>,
): Promise<void> {
  const events: { readonly event: string | undefined; readonly data: string }[] = []
  const parser = createParser({
    maxBufferSize: MAX_EVENT_BYTES,
    onEvent: ({ event, data }) => void events.push({ event, data }),
    onError(error) {
      if (error instanceof ParseError && error.type === 'max-buffer-size-exceeded')
        throw badAnswer('an event is too long')
    },
  })
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    for (const { event, data } of events.splice(0)) {
      if (event === 'entry') state.add(readEntry(parse(data)))
      if (event !== 'head') continue
      await state.takeHead(readHead(parse(data)))
      await heard()
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badAnswer('an event is not JSON')
  }
}

/** Ends a stream on which nothing was heard for a while: the connection may be dead, and nobody says so. */
class Silence {
  readonly #runtime: RemoteRuntime
  readonly #tooLong: () => void
  #waiting = new AbortController()

  constructor(runtime: RemoteRuntime, tooLong: () => void) {
    this.#runtime = runtime
    this.#tooLong = tooLong
    this.broken()
  }

  broken(): void {
    this.end()
    this.#waiting = new AbortController()
    this.#runtime.wait(MAX_SILENCE_MS, this.#waiting.signal).then(this.#tooLong, () => undefined)
  }

  end(): void {
    this.#waiting.abort()
  }
}
