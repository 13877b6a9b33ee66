import type { RedisClient } from '../redis-client.ts'

/** The commands that are used, spelled as the client spells them. */
export interface Commands {
  /** Whether a command reaches the keys of one node alone. */
  readonly isCluster: boolean
  set(key: string, value: string): PromiseLike<unknown>
  /** Sets the key with an end, unless it is there. */
  add(key: string, value: string, expiresAt: number): PromiseLike<unknown>
  /** Moves the end of a key to a later one. */
  prolong(key: string, expiresAt: number): PromiseLike<unknown>
  /** How many of the keys there are. */
  exists(keys: readonly string[]): PromiseLike<unknown>
  /** The value of a key, which it removes. */
  take(key: string): PromiseLike<unknown>
}

/**
 * The two packages differ in how they spell options, and in the case of names: by that they are told apart.
 * Errors: `TypeError` for what is no client of `redis` or `ioredis`, or is one that loses commands.
 */
export function commandsOf(client: RedisClient): Commands {
  if (typeof client === 'object' && client !== null) {
    if ('getDel' in client) {
      return {
        isCluster: 'nodeClient' in client,
        set: (key, value) => client.set(key, value),
        add: (key, text, value) => client.set(key, text, { expiration: { type: 'EXAT', value }, condition: 'NX' }),
        prolong: (key, expiresAt) => client.expireAt(key, expiresAt, 'GT'),
        exists: (keys) => client.exists([...keys]),
        take: (key) => client.getDel(key),
      }
    }
    if ('getdel' in client) {
      const isCluster = 'isCluster' in client && client.isCluster === true
      checkIoRedis('options' in client ? client.options : undefined, isCluster)
      return {
        isCluster,
        set: (key, value) => client.set(key, value),
        add: (key, value, expiresAt) => client.set(key, value, 'EXAT', expiresAt, 'NX'),
        prolong: (key, expiresAt) => client.expireat(key, expiresAt, 'GT'),
        exists: (keys) => client.exists(...keys),
        take: (key) => client.getdel(key),
      }
    }
  }
  throw new TypeError('client: must be a client of the package redis (5 or later) or ioredis')
}

/** With two options of `ioredis`, the end of a command says nothing of what is kept of it: what waits cannot be counted. */
function checkIoRedis(options: unknown, isCluster: boolean): void {
  const { redisOptions, ...own } = Object(options)
  const { commandTimeout, autoResendUnfulfilledCommands, maxRetriesPerRequest } = isCluster ? Object(redisOptions) : own
  if (typeof commandTimeout === 'number') {
    throw new TypeError(
      'client: has a commandTimeout, after which ioredis keeps the command all the same; use `timeout` here',
    )
  }
  if (autoResendUnfulfilledCommands === false && maxRetriesPerRequest !== 0) {
    throw new TypeError(
      'client: autoResendUnfulfilledCommands loses commands unless maxRetriesPerRequest is 0, which is enough',
    )
  }
}
