import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { createClient } from 'redis'
import { createClient as createClient5 } from 'redis5'
import type { RedisClient } from '../../src/index.ts'

/** For tests that manage a server. */
export { Redis }

/** A client that is connected, or trying to. */
export interface Connected {
  readonly client: RedisClient
  close(): void
}

type Connect = (url: string) => Promise<Connected>

const ignore = () => {}

/** Every client that the package is for. */
export const CLIENTS = {
  'redis 6': async (url) => {
    const client = await createClient({ url }).on('error', ignore).connect()
    return { client, close: () => client.destroy() }
  },
  'redis 5': async (url) => {
    const client = await createClient5({ url }).on('error', ignore).connect()
    return { client, close: () => client.destroy() }
  },
  'ioredis 6': async (url) => {
    const client = new Redis(url).on('error', ignore)
    return { client, close: () => client.disconnect() }
  },
  'ioredis 5': async (url) => {
    const client = new Redis5(url).on('error', ignore)
    return { client, close: () => client.disconnect() }
  },
} as const satisfies Record<string, Connect>

export type ClientName = keyof typeof CLIENTS

export const CLIENT_NAMES = Object.keys(CLIENTS) as ClientName[]
