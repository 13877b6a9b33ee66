import { once } from 'node:events'
import { connect } from 'node:net'
import type { RawRequest, RawResponse } from './raw-request.ts'
import { readResponse } from './read-response.ts'

/** A connection that is kept alive. */
export interface Connection {
  /** Sends a request at once, before earlier ones are answered. */
  send(request: RawRequest): Promise<RawResponse>
  /** Sends the head of a request with a body of `length` bytes, and `body`, which may be shorter. Waits for no answer. */
  begin(request: RawRequest, length: number): void
  /** Closes the connection at once. Requests without an answer are rejected. */
  abort(): void
}

/** Opens a connection on which requests may follow each other without waiting (RFC 9112 section 9.3.2). */
export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname).setNoDelay()
  const waiting: { readonly head: boolean; resolve(response: RawResponse): void; reject(error: Error): void }[] = []
  let received: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (let next = waiting[0]; next; next = waiting[0]) {
      const read = readResponse(received, next.head)
      if (!read) return
      received = read.rest
      waiting.shift()
      next.resolve(read.response)
    }
  })
  // An error shows in the requests that are still unanswered.
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the connection was closed before the answer'))
  })
  await once(socket, 'connect')
  const textOf = ({ method = 'GET', path, headers = [], body = '' }: RawRequest, length: number) => {
    const lines = [['Host', host], ...(length > 0 ? [['Content-Length', String(length)]] : []), ...headers]
    return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
  }
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) throw new Error('the connection is closed')
        waiting.push({ head: request.method === 'HEAD', resolve, reject })
        socket.write(textOf(request, Buffer.byteLength(request.body ?? '')))
      }),
    begin: (request, length) => void socket.write(textOf(request, length)),
    abort: () => void socket.destroy(),
  }
}
