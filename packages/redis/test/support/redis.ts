import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, describe, it } from 'vitest'

const STANDARD = { host: '127.0.0.1', port: 6379 }

/** The server that tests use: the one that is named, else the one on the standard port, if it answers. */
const url =
  process.env['REDIS_URL'] ??
  ((await ping(STANDARD)) === '+PONG' ? `redis://${STANDARD.host}:${STANDARD.port}` : undefined)

/** What a server answers to PING, or nothing. */
export async function ping(address: { readonly host: string; readonly port: number }): Promise<string | undefined> {
  const socket = connect(address).setEncoding('utf8').setTimeout(1000)
  socket.on('timeout', () => socket.destroy(new Error('silent')))
  try {
    socket.write('PING\r\n')
    const [answer] = await once(socket, 'data')
    return String(answer).trimEnd()
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

/** The name that all suites have that are skipped for the lack of Redis: one line in the summary. */
export const NEEDS_REDIS = 'needs Redis: a server (REDIS_URL, else 127.0.0.1:6379) and the program redis-server'

const prefixes: string[] = []

/** A prefix of keys that no other test has. Its keys are deleted after the tests of the file. */
export function newPrefix(): string {
  const prefix = `writ-test:${randomUUID()}:`
  prefixes.push(prefix)
  return prefix
}

/** A suite on a server that others may use too; where there is none, it is skipped. */
export function describeWithRedis(name: string, body: (url: string) => void): void {
  if (url === undefined) {
    it.skip(NEEDS_REDIS)
    return
  }
  describe(name, () => {
    afterAll(async () => {
      const client = new Redis(url)
      for (const prefix of prefixes) for (const key of await client.keys(`${prefix}*`)) await client.del(key)
      client.disconnect()
    })
    body(url)
  })
}
