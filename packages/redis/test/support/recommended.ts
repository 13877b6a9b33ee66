import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { createClient } from 'redis'
import { createClient as createClient5 } from 'redis5'
import type { ClientName, Connected } from './clients.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The options that the README recommends, anew: clients change the objects that they get. */
export const RECOMMENDED = {
  redis: () => optionsAfter<NonNullable<Parameters<typeof createClient>[0]>>('createClient('),
  ioredis: () =>
    optionsAfter<{ lazyConnect: boolean; enableOfflineQueue: boolean; socketTimeout: number }>('new Redis('),
}

function optionsAfter<Options>(start: string): Options {
  const [, text] = readme.slice(readme.indexOf(start)).match(/(\{\n.*?\n\})\)/s) ?? []
  if (text === undefined) throw new Error(`the README has no options of ${start}`)
  return new Function(`return ${text}`)()
}

/** Each client as the README recommends it; it may take a while until it is connected. */
export async function connectAsRecommended(name: ClientName, url: string): Promise<Connected> {
  const ignore = () => {}
  if (name.startsWith('redis')) {
    const create = name === 'redis 6' ? createClient : (createClient5 as unknown as typeof createClient)
    const client = create({ ...RECOMMENDED.redis(), url }).on('error', ignore)
    await client.connect()
    return { client, close: () => client.destroy() }
  }
  const client = name === 'ioredis 6' ? new Redis(url, RECOMMENDED.ioredis()) : new Redis5(url, RECOMMENDED.ioredis())
  client.on('error', ignore)
  await client.connect()
  return { client, close: () => client.disconnect() }
}
