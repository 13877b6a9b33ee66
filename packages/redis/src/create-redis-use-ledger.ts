import { createHash } from 'node:crypto'
import type { UseLedger } from '@writ/core/verify'
import { checkExpiresAt, readId, readStoreOptions, type StoreOptions } from './internal/check.ts'
import { storeOf } from './internal/store.ts'
import type { RedisClient } from './redis-client.ts'

/** Options of {@link createRedisUseLedger}. */
export interface RedisUseLedgerOptions extends StoreOptions {
  /** What the keys start with, before a hash. Printable ASCII without spaces. Default `writ:facet:`. */
  readonly prefix?: string | undefined
}

/** Unused single-use capabilities in Redis. The minting service and every verifier on the same server share them. */
export interface RedisUseLedger extends UseLedger {
  issue(tokenId: string, facet: string, expiresAt: number): Promise<void>
  consume(tokenId: string, facet: string): Promise<boolean>
}

/**
 * Creates a ledger of single-use capabilities that many processes share through Redis 7 or later, a cluster, or a compatible
 * server. An entry ends with its capability, by the clock of the server.
 *
 * @param client - A client of `redis` or `ioredis`; you connect and close it.
 * @param options - See {@link RedisUseLedgerOptions}.
 * @returns A ledger that `mintCapability` and `createVerifier` take as `singleUse`. If Redis does not answer in time, or gives an
 *   answer that is not one of its own, or if too many commands wait, both methods reject. Then the verifier refuses the token
 *   (`unavailable`), and the use may be spent.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 * import { createRedisUseLedger } from '@writ/redis'
 * import { Redis } from 'ioredis'
 *
 * const singleUse = createRedisUseLedger(new Redis())
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'payouts', operation: 'write', singleUse }, privateKey)
 *
 * const verifier = createVerifier({ keys: publicKey, anchor: null, singleUse })
 * await verifier.verify(token, { resource: 'payouts', operation: 'write' })
 * await verifier.verify(token, { resource: 'payouts', operation: 'write' }).catch((error) => error.code) // already_used
 * ```
 */
export function createRedisUseLedger(client: RedisClient, options: RedisUseLedgerOptions = {}): RedisUseLedger {
  const { prefix, ...limits } = readStoreOptions(options, 'writ:facet:')
  const store = storeOf(client, limits)
  const keyOf = (tokenId: string, facet: string) => prefix + digestOf(tokenId, facet)

  return Object.freeze({
    async issue(tokenId, facet, expiresAt) {
      const key = keyOf(tokenId, facet)
      checkExpiresAt(expiresAt)
      // A client may send a command again after a reconnect: an entry that is there already is this one.
      await store.add(key, expiresAt)
    },
    async consume(tokenId, facet) {
      return store.take(keyOf(tokenId, facet))
    },
  } satisfies RedisUseLedger)
}

/** Hashes id and facet, since a facet may be kilobytes long. The space between them cannot be part of the hex before it. */
function digestOf(tokenId: string, facet: string): string {
  const id = readId('tokenId', tokenId)
  // Every lone surrogate has the same UTF-8, so two facets would share an entry.
  if (typeof facet !== 'string' || !facet.isWellFormed()) throw new TypeError('facet: must be well-formed Unicode')
  return createHash('sha256').update(`${id} ${facet}`).digest('hex')
}
