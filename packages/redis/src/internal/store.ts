import type { RedisClient } from '../redis-client.ts'
import { commandsOf } from './commands.ts'
import { askWithin } from './line.ts'

/** Keys in Redis. Every method rejects if the client fails, the reply makes no sense or is late, or too many commands wait. */
export interface Store {
  /** Keeps a key for good, even if it had an end. */
  keep(key: string): Promise<void>
  /** Adds a key that ends by itself. `false` if it is there already. An end in the past adds nothing and returns `true`. */
  add(key: string, expiresAt: number): Promise<boolean>
  /** Moves the end of a key to a later time. `false` if nothing was moved. */
  prolong(key: string, expiresAt: number): Promise<boolean>
  hasAny(keys: readonly string[]): Promise<boolean>
  /** Removes a key. Of any number of calls at the same time, one gets `true`. */
  take(key: string): Promise<boolean>
}

/** The value of each key. `take` checks it, so that it removes only our own keys. */
const VALUE = '1'

// Redis gives no other answers, so any other is an error.
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

/** Creates the store. Throws a `TypeError` if `client` is not one of `redis` or `ioredis`, or loses commands. */
export function storeOf(client: RedisClient, limits: { readonly timeout: number; readonly maxPending: number }): Store {
  const { set, add, prolong, exists, take, isCluster } = commandsOf(client)
  const ask = askWithin(limits.timeout, limits.maxPending)

  async function isAnyOf(keys: readonly string[]): Promise<boolean> {
    const count = await ask(() => exists(keys))
    if (!Number.isInteger(count) || (count as number) < 0 || (count as number) > keys.length) throw noAnswer('EXISTS')
    return (count as number) > 0
  }

  return {
    async keep(key) {
      if (!read('SET', await ask(() => set(key, VALUE)), STATUS)) throw new Error('SET: Redis did not set the key')
    },
    add: async (key, expiresAt) => read('SET', await ask(() => add(key, VALUE, expiresAt)), STATUS),
    prolong: async (key, expiresAt) => read('EXPIREAT', await ask(() => prolong(key, expiresAt)), COUNT),
    async hasAny(keys) {
      if (keys.length === 0) return false
      // On a cluster the keys of a token lie on different nodes. Even two keys on one node part while their slot moves.
      const groups = isCluster ? keys.map((key) => [key]) : [keys]
      return (await Promise.all(groups.map(isAnyOf))).includes(true)
    },
    take: async (key) => read('GETDEL', await ask(() => take(key)), REMOVED),
  }
}

function read(command: string, reply: unknown, meanings: ReadonlyMap<unknown, boolean>): boolean {
  const meaning = meanings.get(reply)
  if (meaning === undefined) throw noAnswer(command)
  return meaning
}

function noAnswer(command: string): Error {
  return new Error(`${command}: not an answer of Redis`)
}
