import { once } from 'node:events'
import { get } from 'node:http'
import { connect } from 'node:net'
import type { Moment } from './adapter-process.ts'
import type { Requests } from './adapter-requests.ts'
import { fail } from './options.ts'
import type { Service } from './service.ts'

const CHECK_EVERY = 50

/** Sends so many requests, one at a time, each of which the client gives up; now and then it looks whether the service still answers. */
export async function abortRequests(service: Service, { reading, writing }: Requests, count: number): Promise<void> {
  const { port } = new URL(service.url)
  const head = (line: string, token: string) =>
    `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`
  const body = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n'
  /** What is sent, and when the client goes. */
  const kinds: readonly (readonly [text: string, until: Moment])[] = [
    [`${head('GET /acme/slow/7', reading)}\r\n`, 'waiting'],
    [`${head('GET /globex/slow/7', reading)}\r\n`, 'waiting'],
    [`${head('GET /acme/looked-up/7', reading)}\r\n`, 'waiting'],
    [`${head('POST /accounts', writing)}${body}`, 'begun'],
    [`${head('POST /accounts', writing)}${body}{"accountId":"a1",`, 'begun'],
    [`${head('GET /acme/invoices/7', reading)}\r\n`, 'begun'],
    [head('GET /acme/invoices/7', reading), 'connected'],
  ]

  service.watch()
  for (let index = 0; index < count; index++) {
    const [text, until] = kinds[index % kinds.length] as (typeof kinds)[number]
    const reached = service.next(until)
    const gone = service.next('gone')
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(text)
    await reached
    // By FIN and by RST in turn.
    if (Math.floor(index / kinds.length) % 2 === 0) socket.destroy()
    else socket.resetAndDestroy()
    await gone
    if (index % CHECK_EVERY === CHECK_EVERY - 1) await assertAnswers(service, reading)
  }
  await assertAnswers(service, reading)
}

async function assertAnswers(service: Service, token: string): Promise<void> {
  const gone = service.next('gone')
  const headers = { authorization: `Bearer ${token}` }
  const request = get(`${service.url}/acme/invoices/7`, { headers, agent: false })
  const [response] = await once(request, 'response')
  if (response.statusCode !== 200) fail('no more good answers', { url: service.url, status: response.statusCode })
  response.resume()
  await gone
}
