import { type Duration, parseDuration } from '@writ/core/verify'
import type { KyselyDatabase, PgliteDatabase, PgPool, PostgresJs } from './databases.ts'
import { type Begin, transactionsOf } from './internal/transactions.ts'

/** A revocation feed: what `remoteRevocations` of `@writ/client` returns, as far as it is used here. */
export interface RevocationFeed {
  changes(signal: AbortSignal): AsyncIterable<{
    readonly entries: readonly { readonly type: string; readonly value: string; readonly expiresAt: number }[]
    readonly asOf: number
  }>
}

/** Options of {@link followRevocations}. */
export interface FollowRevocationsOptions {
  /** Which authority it is, where a database follows several. Default `'authority'`. */
  readonly name?: string | undefined
  /**
   * How long tokens are accepted while nothing is heard from the authority. After that the database refuses every token with
   * `unavailable`. The authority is heard every five seconds. Default `'30s'`.
   */
  readonly maxStale?: Duration | undefined
  /** Hears once of each trouble with the database. Default: `console.warn`. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

/** A database that follows a feed. */
export interface FollowedRevocations {
  /** Resolves once the database knows what is revoked. Never, while the authority or the database does not answer. */
  ready(): Promise<void>
  /** Stops following. The database refuses every token as soon as what it knows is too old, unless others follow. */
  close(): Promise<void>
}

const OPTIONS = { name: true, maxStale: true, onWarning: true } satisfies Record<keyof FollowRevocationsOptions, true>
/** How many ids are sent at once. */
const BATCH = 1000

/**
 * Keeps `writ.revocations` as the revocation feed of an authority says. From the first call on, also after a restart, the
 * database refuses every token (`unavailable`) unless it has heard of the authority within `maxStale`: whoever holds the feed up
 * delays a revocation no longer than that. Any number of processes may follow the same feed for one database.
 *
 * If the database does not answer, what was heard is written with what is heard next.
 *
 * @param database - A pool of `pg`, a `postgres` instance, a Kysely instance or a PGlite database. Its role owns the schema
 *   `writ`, or may execute `writ.follow`. It should not be the role that serves requests.
 * @param feed - The feed, made by `remoteRevocations` of `@writ/client`. Closing it is up to you.
 * @param options - See {@link FollowRevocationsOptions}.
 * @returns Resolves once the database knows that it follows. Rejects with the error of the database if it cannot be told.
 * @throws `TypeError` that starts with `database:`, `feed:` or the name of the option.
 *
 * @example
 * ```ts
 * import { remoteKeys, remoteRevocations } from '@writ/client'
 * import { followRevocations } from '@writ/postgres'
 * import { Pool } from 'pg'
 *
 * const authority = 'https://authority.example'
 * const keys = remoteKeys(authority, { pinned: process.env['WRIT_ROOT_KEY'] ?? '' })
 * const pool = new Pool({ connectionString: process.env['OWNER_URL'] })
 * const followed = await followRevocations(pool, remoteRevocations(authority, { keys }), { maxStale: '30s' })
 * process.once('SIGTERM', () => void followed.close())
 * ```
 */
export async function followRevocations(
  database: PgPool | PostgresJs | KyselyDatabase | PgliteDatabase,
  feed: RevocationFeed,
  options: FollowRevocationsOptions = {},
): Promise<FollowedRevocations> {
  const begin = transactionsOf(database)
  if (typeof (feed as Partial<RevocationFeed> | null)?.changes !== 'function')
    throw new TypeError('feed: must be made by remoteRevocations')
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(OPTIONS, name)) throw new TypeError(`${name}: is no option of followRevocations`)
  }
  const {
    name = 'authority',
    maxStale = '30s',
    onWarning = (warning: Error) => console.warn(warning.message),
  } = options
  if (typeof name !== 'string' || name === '') throw new TypeError('name: must be a string that is not empty')
  if (typeof onWarning !== 'function') throw new TypeError('onWarning: must be a function')
  const seconds = parseDuration('maxStale', maxStale)
  await begin((_, query) => Promise.resolve(query('select writ.follow($1)', [name])))
  return follow(feed, (ids, asOf) => write(begin, name, ids, Math.floor(asOf), seconds), onWarning)
}

interface RevokedId {
  readonly id: string
  readonly expires: number
}

function follow(
  feed: RevocationFeed,
  write: (ids: readonly RevokedId[], asOf: number) => Promise<unknown>,
  onWarning: (warning: Error) => void,
): FollowedRevocations {
  const ending = new AbortController()
  const ready = Promise.withResolvers<void>()
  let unwritten: RevokedId[] = []
  let isTroubled = false

  function warn(message: string, cause: unknown): void {
    if (!isTroubled) onWarning(new Error(message, { cause }))
    isTroubled = true
  }
  async function run(): Promise<void> {
    for await (const { entries, asOf } of feed.changes(ending.signal)) {
      // Names are of identities, and the database proves capabilities alone.
      const ids = entries.filter(({ type }) => type === 'token')
      for (const { value, expiresAt } of ids) unwritten.push({ id: value, expires: expiresAt })
      try {
        await write(unwritten, asOf)
        unwritten = []
        isTroubled = false
        ready.resolve()
      } catch (cause) {
        warn('what is revoked could not be written to the database', cause)
      }
    }
  }
  // Whatever ends it, the database refuses soon.
  const running = run().catch((cause: unknown) => {
    isTroubled = false
    warn('the feed is not followed any more', cause)
  })
  return Object.freeze({
    ready: () => ready.promise,
    async close() {
      ending.abort()
      await running
    },
  } satisfies FollowedRevocations)
}

/** All of it, or nothing: a time that is written without what was revoked before would hide that. */
function write(
  begin: Begin,
  name: string,
  ids: readonly RevokedId[],
  asOf: number,
  maxStale: number,
): Promise<unknown> {
  return begin(async (_, query) => {
    for (let at = 0; at < ids.length; at += BATCH)
      await query('select writ.follow($1, $2)', [name, JSON.stringify(ids.slice(at, at + BATCH))])
    await query('select writ.follow($1, $2, $3, $4)', [name, '[]', asOf, maxStale])
  })
}
