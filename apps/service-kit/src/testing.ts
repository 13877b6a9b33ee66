import { once } from 'node:events'
import { type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Call {
  readonly token?: string | undefined
  /** Sent as JSON, unless it is a text already. */
  readonly body?: unknown
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, which the tests compare
  readonly body: any
}

/**
 * Sends one request over a connection of its own. The path is sent as it stands: `fetch` would resolve `/../` and
 * `/%2e%2e/`.
 */
export async function send(url: string, method: string, path: string, call: Call = {}): Promise<Answer> {
  const { token, body, contentType = 'application/json', headers } = call
  const { hostname, port } = new URL(url)
  const sent = request({
    hostname,
    port,
    method,
    path,
    agent: false,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
  })
  sent.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const received = await text(response)
  return {
    status: response.statusCode ?? 0,
    headers: new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    body: received === '' ? undefined : JSON.parse(received),
  }
}

export interface Listening {
  readonly url: string
  close(): Promise<void>
}

/** Lets a server listen on a free port of the loopback interface. */
export async function listen(server: Server): Promise<Listening> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
