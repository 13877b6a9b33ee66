import type { RedisClient } from '../redis-client.ts'

/** The commands that this package uses, in the spelling of the client. */
export interface Commands {
  /** Whether a command reaches only the keys of one node. */
  readonly isCluster: boolean
  set(key: string, value: string): PromiseLike<unknown>
  /** Sets a key with an end, unless it is there. */
  add(key: string, value: string, expiresAt: number): PromiseLike<unknown>
  /** Moves the end of a key to a later one. */
  prolong(key: string, expiresAt: number): PromiseLike<unknown>
  /** How many of the keys there are. */
  exists(keys: readonly string[]): PromiseLike<unknown>
  /** Removes a key and returns its value. */
  take(key: string): PromiseLike<unknown>
}

/**
 * Finds the commands of a client. The two packages are told apart by the spelling of `getDel`. Throws a `TypeError` if `client` is
 * not one of `redis` or `ioredis`, or loses commands.
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

/** With two options of `ioredis`, a command that has ended may still be kept: what waits cannot be counted. */
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
