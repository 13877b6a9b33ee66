import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveIn, serveTest, type TestService } from './support/serve.ts'

/** Follows the stream of a feed. */
async function follow(url: string, headers: Readonly<Record<string, string>> = {}) {
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const response = await fetch(`${url}/v1/revocations`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: ending.signal,
  })
  const queue: EventSourceMessage[] = []
  let wake: () => void = () => undefined
  const parser = createParser({
    onEvent(event) {
      queue.push(event)
      wake()
    },
  })
  const ended = (async () => {
    for await (const chunk of response.body as ReadableStream<Uint8Array>) parser.feed(new TextDecoder().decode(chunk))
  })().catch(() => undefined)
  return {
    response,
    ended,
    async next(): Promise<{ event: string | undefined; id: string | undefined; data: { sequence: number } }> {
      while (queue.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const { event, id, data } = queue.shift() as EventSourceMessage
      return { event, id, data: JSON.parse(data) }
    },
  }
}

async function revokeOne({ ask, adminFor }: TestService, byte: string) {
  const token = await adminFor('authority.revocations', 'write')
  return ask('POST', '/v1/revocations', { token, body: { revocationId: byte.repeat(64) } })
}

describe('the stream of the feed', () => {
  it('begins with what there is and a signed head, and goes on with what is revoked', async () => {
    const service = await serveTest()
    await revokeOne(service, 'aa')
    const stream = await follow(service.url)
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(await stream.next()).toMatchObject({
      event: 'entry',
      id: '1',
      data: { sequence: 1, value: 'aa'.repeat(64) },
    })
    expect(await stream.next()).toMatchObject({ event: 'head', data: { sequence: 1 } })
    await revokeOne(service, 'bb')
    let event = await stream.next()
    while (event.event === 'head' && event.data.sequence < 2) event = await stream.next()
    expect(event).toMatchObject({ event: 'entry', id: '2' })
    expect(await stream.next()).toMatchObject({ event: 'head', data: { sequence: 2 } })
  })

  it('is resumed after the last entry that was seen', async () => {
    const service = await serveTest()
    await revokeOne(service, 'aa')
    await revokeOne(service, 'bb')
    const stream = await follow(service.url, { 'last-event-id': '1' })
    expect(await stream.next()).toMatchObject({ event: 'entry', id: '2' })
  })

  it('of another process on the same database has it as well', async () => {
    const service = await serveTest()
    const other = await serveIn(service.folder)
    const stream = await follow(other.url)
    expect((await stream.next()).event).toBe('head')
    await revokeOne(service, 'aa')
    let event = await stream.next()
    while (event.event === 'head') event = await stream.next()
    expect(event).toMatchObject({ event: 'entry', id: '1' })
  })

  it('ends when the authority closes, and there are never more than it allows', async () => {
    const service = await serveTest({ maxStreams: 1 })
    const stream = await follow(service.url)
    await stream.next()
    const refused = await service.ask('GET', '/v1/revocations', { headers: { accept: 'text/event-stream' } })
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'unavailable', '2'])
    await service.authority.close()
    await stream.ended
  })
})
