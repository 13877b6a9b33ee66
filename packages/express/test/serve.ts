import { once } from 'node:events'
import { type ClientRequest, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { onTestFinished } from 'vitest'

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Serves an app until the test is over, on a server of its own or the given one. */
export async function serve(app: Express, server: Server = createServer(app)) {
  // Error pages go to the client all the same; only the log is silenced.
  app.set('env', 'test')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  /** A request whose path goes over the wire as it stands. */
  const open = (path: string, { method = 'GET', headers = {} }: Sent = {}): ClientRequest =>
    request({ host: '127.0.0.1', port, path, method, headers, agent: false })
  const send = (path: string, sent: Sent = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = open(path, sent).on('error', reject)
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('error', reject)
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        )
      })
      outgoing.end(sent.body)
    })
  return { port, server, open, send }
}

/** The code of a refusal. */
export function codeOf({ text }: Answer): unknown {
  return JSON.parse(text).code
}
