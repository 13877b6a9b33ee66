import { type Keys, type RevocationCheck, revocationOf } from '@writ/core/verify'
import {
  checkExpiresAt,
  checkKeys,
  isExpiresAt,
  readId,
  readStoreOptions,
  type StoreOptions,
} from './internal/check.ts'
import { storeOf } from './internal/store.ts'
import type { RedisClient } from './redis-client.ts'

/** Options of {@link createRedisRevocationList}. */
export interface RedisRevocationListOptions extends StoreOptions {
  /** What the keys start with, before the revocation id. Printable ASCII without spaces. Default `writ:revoked:`. */
  readonly prefix?: string | undefined
}

/** Options of `revoke`. */
interface RevokeOptions {
  readonly expiresAt?: number | undefined
}

/** Revoked ids in Redis: every verifier that uses the same server refuses what one process revokes. */
export interface RedisRevocationList extends RevocationCheck {
  /**
   * Revokes a token and every copy of it, narrowed or not. The token is proven first, and the id is kept until an hour after the
   * end that its authority block sets, for clocks that run apart. An expired token is no error: its id is kept for an hour.
   *
   * @param token - The token or any narrowed copy of it, URL-safe base64.
   * @param keys - The root public keys, as for a verifier.
   * @returns A promise that resolves when Redis has confirmed that it keeps the id. If it rejects, Redis may keep it or not.
   * @throws `TypeError` that starts with `token:` or `keys:`.
   * @throws `CapabilityError` with `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature` or `unavailable`;
   *   then nothing is revoked.
   */
  revokeToken(token: string, keys: Keys): Promise<void>
  /**
   * Revokes every token that contains the block with this id. For one narrowed copy with what was narrowed from it: the last of
   * its `revocationIds`. Revoking an id again never shortens the time for which it is kept.
   *
   * @param id - Hex, any case.
   * @param options - `expiresAt`: when the last token that contains the block ends, in Unix seconds. The id is kept an hour
   *   longer. Default: the id is kept for good.
   * @returns A promise that resolves when Redis has confirmed that it keeps the id. If it rejects, Redis may keep it or not. It
   *   rejects also when `expiresAt` is over an hour ago by the clock of Redis.
   * @throws `TypeError` that starts with `id:`, `expiresAt:` or the name of an unknown option.
   */
  revoke(id: string, options?: RevokeOptions): Promise<void>
  isRevoked(ids: readonly string[]): Promise<boolean>
}

const REVOKE_OPTIONS = { expiresAt: true } satisfies Record<keyof RevokeOptions, true>

/** Covers the clock tolerance of verifiers, which is at most a minute, and a server whose clock is ahead of theirs. */
const KEPT_AFTER_END_SECONDS = 3600

/**
 * Creates a list of revoked ids that many verifiers share through Redis 7 or later, a cluster, or a compatible server.
 *
 * @param client - A client of `redis` or `ioredis`; you connect and close it.
 * @param options - See {@link RedisRevocationListOptions}.
 * @returns A list that a verifier takes as `revocation`. If Redis does not answer in time, or gives an answer that is not one of
 *   its own, or if too many commands wait, `isRevoked` rejects, and the verifier refuses the token (`unavailable`).
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 * import { createRedisRevocationList } from '@writ/redis'
 * import { createClient } from 'redis'
 *
 * const client = await createClient().on('error', console.error).connect()
 * const revocation = createRedisRevocationList(client)
 * const { publicKey, privateKey } = await generateKeyPair()
 * const verifier = createVerifier({ keys: publicKey, anchor: null, revocation })
 *
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * await revocation.revokeToken(token, publicKey)
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

  /** Whether Redis keeps the key: it confirms one whose end has passed by its own clock, and keeps nothing. */
  async function keepUntil(key: string, expiresAt: number): Promise<boolean> {
    const end = expiresAt + KEPT_AFTER_END_SECONDS
    // If nothing is prolonged, the key ends later anyway, or it has ended since the first command.
    if (!(await store.add(key, end)) && !(await store.prolong(key, end))) await store.add(key, end)
    return store.hasAny([key])
  }

  return Object.freeze({
    async revokeToken(token, keys) {
      const { id, expiresAt } = await revocationOf(token, keys)
      const key = keyOf('id', id)
      const end = Math.max(expiresAt ?? Number.POSITIVE_INFINITY, Math.floor(Date.now() / 1000))
      // A token may end later than Redis can count.
      if (!isExpiresAt(end)) return store.keep(key)
      if (await keepUntil(key, end)) return
      throw new Error('Redis: its clock is over an hour ahead of this one, so it keeps nothing; see to the clocks')
    },
    async revoke(id, options = {}) {
      const key = keyOf('id', id)
      checkKeys(options, REVOKE_OPTIONS)
      const { expiresAt } = options
      if (expiresAt === undefined) return store.keep(key)
      checkExpiresAt(expiresAt)
      if (await keepUntil(key, expiresAt)) return
      throw new Error(
        'expiresAt: is over an hour ago by the clock of Redis, which keeps nothing; revoke without it, or see to the clocks',
      )
    },
    async isRevoked(ids) {
      return store.hasAny(ids.map((id) => keyOf('ids', id)))
    },
  } satisfies RedisRevocationList)
}
