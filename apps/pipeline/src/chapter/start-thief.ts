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
  async function take(token: string): Promise<void> {
    if (tokens.has(token)) return
    tokens.add(token)
    await onToken(token)
  }

  const server = createServer((request, response) => {
    void text(request)
      .then(take)
      .catch(() => undefined)
      .finally(() => response.end())
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
