import type { RedisClient } from '../redis-client.ts'

/** The commands that are used, each on one key, so that they work on a cluster too. Errors: of the client, or a reply that is none. */
export interface Store {
  /** Keeps a key for good, whatever end it had. */
  keep(key: string): Promise<void>
  /** Adds a key that ends by itself; `false` if it is there already. */
  add(key: string, expiresAt: number): Promise<boolean>
  /** Moves the end of a key, never to an earlier time; `false` if there is nothing to move. */
  prolong(key: string, expiresAt: number): Promise<boolean>
  has(key: string): Promise<boolean>
  /** Removes a key; of any number of calls at the same time, one gets `true`. */
  take(key: string): Promise<boolean>
}

/** What stands under each key; what `take` removes must be one of ours. */
const VALUE = '1'

// Anything else is an answer that Redis never gives, and nothing is decided by it.
const COUNT = new Map<unknown, boolean>([
  [1, true],
  [0, false],
])
const STATUS = new Map<unknown, boolean>([
  ['OK', true],
  [null, false],
])
const REMOVED = new Map<unknown, boolean>([
  [VALUE, true],
  [null, false],
])

/** Errors: `TypeError` for what is no client of `redis` or `ioredis`. */
export function storeOf(client: RedisClient): Store {
  const { set, add, prolong, take } = commandsOf(client)
  return {
    async keep(key) {
      if (!read('SET', await set(key), STATUS)) throw new Error('SET: Redis did not set the key')
    },
    add: async (key, expiresAt) => read('SET', await add(key, expiresAt), STATUS),
    prolong: async (key, expiresAt) => read('EXPIREAT', await prolong(key, expiresAt), COUNT),
    has: async (key) => read('EXISTS', await client.exists(key), COUNT),
    take: async (key) => read('GETDEL', await take(key), REMOVED),
  }
}

interface Commands {
  set(key: string): PromiseLike<unknown>
  add(key: string, expiresAt: number): PromiseLike<unknown>
  prolong(key: string, expiresAt: number): PromiseLike<unknown>
  take(key: string): PromiseLike<unknown>
}

/** The two packages differ in how they spell options, and in the case of names: by that they are told apart. */
function commandsOf(client: RedisClient): Commands {
  if (typeof client === 'object' && client !== null) {
    if ('getDel' in client) {
      return {
        set: (key) => client.set(key, VALUE),
        add: (key, value) => client.set(key, VALUE, { expiration: { type: 'EXAT', value }, condition: 'NX' }),
        prolong: (key, expiresAt) => client.expireAt(key, expiresAt, 'GT'),
        take: (key) => client.getDel(key),
      }
    }
    if ('getdel' in client) {
      return {
        set: (key) => client.set(key, VALUE),
        add: (key, expiresAt) => client.set(key, VALUE, 'EXAT', expiresAt, 'NX'),
        prolong: (key, expiresAt) => client.expireat(key, expiresAt, 'GT'),
        take: (key) => client.getdel(key),
      }
    }
  }
  throw new TypeError('client: must be a client of the package redis (5 or later) or ioredis')
}

function read(command: string, reply: unknown, meanings: ReadonlyMap<unknown, boolean>): boolean {
  const meaning = meanings.get(reply)
  if (meaning === undefined) throw new Error(`${command}: not an answer of Redis`)
  return meaning
}
