import { checkKeys, readTimeout } from './internal/check.ts'
import { commandsOf } from './internal/commands.ts'
import { askWithin } from './internal/line.ts'
import { factsOf } from './internal/server-facts.ts'
import { problemsOf } from './internal/server-problems.ts'
import type { RedisClient } from './redis-client.ts'
import type { RedisProblem, RedisProblemCode } from './redis-problem.ts'

/** Options of {@link checkRedisServer}. */
export interface CheckRedisServerOptions {
  /** Problems that you accept. They are returned instead of thrown. Default: none. */
  readonly accept?: readonly RedisProblemCode[] | undefined
  /** Milliseconds to wait for an answer. 1 to 60000, default 1000. */
  readonly timeout?: number | undefined
}

const OPTIONS = { accept: true, timeout: true } satisfies Record<keyof CheckRedisServerOptions, true>

const CODES = Object.keys({
  evicts: true,
  not_persistent: true,
  replica: true,
  too_old: true,
  other_database: true,
  not_told: true,
} satisfies Record<RedisProblemCode, true>)

/**
 * Checks at start-up that a server, or each primary of a cluster, keeps what is revoked and spent: it evicts nothing, writes an
 * append-only file, is a primary, and is Redis 7 or later, and the connection has not selected another database than its options
 * say. It sends only `INFO` and `CLIENT INFO`, which managed servers permit.
 *
 * @param client - A connected client of `redis` or `ioredis`.
 * @param options - See {@link CheckRedisServerOptions}.
 * @returns The accepted problems that were found, for the log.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong.
 * @throws `Error` with one line per problem that is not accepted, which says what to do; or if the server does not answer.
 *
 * @example
 * ```ts
 * import { checkRedisServer } from '@writ/redis'
 * import { createClient } from 'redis'
 *
 * const client = await createClient().on('error', console.error).connect()
 * for (const { message } of await checkRedisServer(client, { accept: ['not_persistent'] })) console.warn(message)
 * ```
 */
export async function checkRedisServer(
  client: RedisClient,
  options: CheckRedisServerOptions = {},
): Promise<readonly RedisProblem[]> {
  checkKeys(options, OPTIONS)
  const { accept = [] } = options
  if (!Array.isArray(accept) || accept.some((code) => !CODES.includes(code))) {
    throw new TypeError(`accept: must be a list of ${CODES.join(', ')}`)
  }
  commandsOf(client)
  const ask = askWithin(readTimeout(options.timeout), Number.POSITIVE_INFINITY)
  const problems = (await factsOf(client, ask)).flatMap(problemsOf)
  const refused = problems.filter(({ code }) => !accept.includes(code))
  if (refused.length > 0) {
    const lines = refused.map(({ code, message }) => `- ${code}: ${message}`)
    throw new Error(`Redis does not keep what is revoked and spent:\n${[...new Set(lines)].join('\n')}`)
  }
  return problems
}
