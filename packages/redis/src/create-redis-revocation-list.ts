import type { RevocationCheck } from '@writ/core/verify'
import { checkExpiresAt, checkKeys, readId, readStoreOptions } from './internal/check.ts'
import { storeOf } from './internal/store.ts'
import type { RedisClient } from './redis-client.ts'

/** Options of {@link createRedisRevocationList}. */
export interface RedisRevocationListOptions {
  /** What the keys start with; a revocation id follows. Printable ASCII without spaces. Default `writ:revoked:`. */
  readonly prefix?: string | undefined
  /** Milliseconds that an answer may take; after that there is none. 1 to 60000, default 1000. */
  readonly timeout?: number | undefined
  /** How many commands may wait for an answer, those that were given up included; more are refused at once. Default 1000. */
  readonly maxPending?: number | undefined
}

/** Revoked ids in Redis: what one process revokes, every verifier on the same server refuses. */
export interface RedisRevocationList extends RevocationCheck {
  /**
   * Revokes every token that contains a block with this id. It may be called again: the longest time counts.
   *
   * @param id - Hex, any case.
   * @param options - `expiresAt`: when the last token that contains the block ends, in Unix seconds. For a block that the authority
   *   signed it is the end of the token as minted, not that of a narrowed copy. The id is kept an hour longer, for clocks that run
   *   apart. Default: the id is kept for good.
   * @returns A promise that rejects unless Redis has confirmed that it keeps the id; then it may or may not. It does not when
   *   `expiresAt` is over an hour ago by its clock.
   */
  revoke(id: string, options?: { readonly expiresAt?: number | undefined }): Promise<void>
  isRevoked(ids: readonly string[]): Promise<boolean>
}

/** For the clock tolerance of verifiers, which is a minute at most, and a server whose clock is ahead of theirs. */
const KEPT_AFTER_END_SECONDS = 3600

/**
 * Creates a list of revoked ids that many verifiers share through Redis 7 or later, a cluster, or a server compatible with it.
 *
 * @param client - A client of `redis` or `ioredis`; connecting and closing it stay with you.
 * @param options - See {@link RedisRevocationListOptions}.
 * @returns A list that a verifier takes as `revocation`. When Redis does not answer, answers oddly, or not in time, or when too many
 *   commands wait, `isRevoked` rejects, and the verifier refuses the token (`unavailable`).
 * @throws `TypeError` naming the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { createVerifier, generateKeyPair, inspect, mintCapability } from '@writ/core'
 * import { createRedisRevocationList } from '@writ/redis'
 * import { createClient } from 'redis'
 *
 * const client = await createClient().on('error', console.error).connect()
 * const revocation = createRedisRevocationList(client)
 * const { publicKey, privateKey } = await generateKeyPair()
 * const verifier = createVerifier({ keys: publicKey, anchor: null, revocation })
 *
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const { revocationIds: [id = ''], expiresAt } = await inspect(token)
 * await revocation.revoke(id, { expiresAt })
 * await verifier.prove(token).catch((error) => error.code) // revoked
 * ```
 */
export function createRedisRevocationList(
  client: RedisClient,
  options: RedisRevocationListOptions = {},
): RedisRevocationList {
  const { prefix, ...limits } = readStoreOptions(options, 'writ:revoked:')
  const store = storeOf(client, limits)
  const keyOf = (name: string, id: string) => prefix + readId(name, id)

  return Object.freeze({
    async revoke(id, options = {}) {
      const key = keyOf('id', id)
      checkKeys(options, ['expiresAt'])
      const { expiresAt } = options
      if (expiresAt === undefined) return store.keep(key)
      checkExpiresAt(expiresAt)
      const end = expiresAt + KEPT_AFTER_END_SECONDS
      // If nothing is moved, it ends later anyway, or has ended between the two.
      if (!(await store.add(key, end)) && !(await store.prolong(key, end))) await store.add(key, end)
      // Redis confirms a key whose end has passed by its own clock, and keeps nothing.
      if (!(await store.hasAny([key]))) {
        throw new Error(
          'expiresAt: is over an hour ago by the clock of Redis, which keeps nothing; revoke without it, or see to the clocks',
        )
      }
    },
    async isRevoked(ids) {
      return store.hasAny(ids.map((id) => keyOf('ids', id)))
    },
  } satisfies RedisRevocationList)
}
