import { checkKeys, readTimeout } from './internal/check.ts'
import { commandsOf } from './internal/commands.ts'
import { askWithin } from './internal/line.ts'
import { factsOf } from './internal/server-facts.ts'
import { problemsOf } from './internal/server-problems.ts'
import type { RedisClient } from './redis-client.ts'
import type { RedisProblem, RedisProblemCode } from './redis-problem.ts'

/** Options of {@link checkRedisServer}. */
export interface CheckRedisServerOptions {
  /** Problems that you know of and live with; they are returned instead of thrown. Default none. */
  readonly accept?: readonly RedisProblemCode[] | undefined
  /** Milliseconds that an answer may take. 1 to 60000, default 1000. */
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
 * Checks at start-up that a server, or each primary of a cluster, keeps what is revoked and spent: that it evicts nothing, writes an
 * append-only file, is a primary, is Redis 7 or later, and that the connection has not selected another database than its options say.
 * It asks `INFO` and `CLIENT INFO` alone, which managed servers permit.
 *
 * @param client - A client of `redis` or `ioredis` that is connected.
 * @param options - See {@link CheckRedisServerOptions}.
 * @returns The problems that were found and accepted, to be logged.
 * @throws `TypeError` naming the option that is wrong. `Error` with what is wrong and what to do, a line for each problem that is not
 *   accepted; or when the server does not answer.
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
