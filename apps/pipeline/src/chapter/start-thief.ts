import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** Mallory, who gets a copy of every token that a poisoned job presents. */
export interface Thief {
  readonly url: string
  readonly tokens: ReadonlySet<string>
  close(): void
}

/** @param onToken - Called with each new token, before the job presents it. */
export async function startThief(onToken: (token: string) => Promise<void>): Promise<Thief> {
  const tokens = new Set<string>()
  const server = createServer(async (request, response) => {
    const token = await text(request)
    const isNew = !tokens.has(token)
    tokens.add(token)
    try {
      if (isNew) await onToken(token)
    } finally {
      response.end()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
