import { CapabilityError } from '@writ/core/verify'
import type {
  KyselyDatabase,
  KyselyTransaction,
  PgClient,
  PgliteDatabase,
  PgliteTransaction,
  PgPool,
  PostgresJs,
  PostgresJsSql,
} from './databases.ts'
import { assertBound } from './internal/assert-bound.ts'
import { refusalOf } from './internal/refusal.ts'
import { transactionsOf } from './internal/transactions.ts'

/**
 * Runs a function in a transaction that has presented capabilities. Policies that ask `writ.allows` and
 * `writ.designation` then show what these permit, and nothing else. They end with the transaction, so the connection may
 * go back to a pool, also one in transaction mode.
 *
 * The function must use the transaction that it is given: a query on the pool has presented nothing. If it throws, the
 * transaction is rolled back, and its error is passed on.
 *
 * @param database - A pool of `pg`, a `postgres` instance, a Kysely instance or a PGlite database.
 * @param token - The capability, URL-safe base64; or up to 16 of them, for statements about several resources.
 * @param run - What to do. Its result is returned.
 * @throws `TypeError` that starts with `database:` or `token:`; also where row level security does not bind the role that has run
 *   it: a superuser, or one with `bypassrls`. Nothing is committed then.
 * @throws `CapabilityError` with the codes of `Verifier.verify`; `unsupported_block` also for what only the database does
 *   not support, such as third-party blocks and keys on P-256 (the message of `cause` says which); `unavailable` if the
 *   database does not answer.
 *
 * @example
 * ```ts
 * import { withCapability } from '@writ/postgres'
 * import { Pool } from 'pg'
 *
 * const pool = new Pool()
 *
 * export function listInvoices(token: string) {
 *   return withCapability(pool, token, async (client) => {
 *     const { rows } = await client.query('select * from invoices')
 *     return rows // those of the tenant that the token names
 *   })
 * }
 * ```
 */
export function withCapability<Client extends PgClient, Result>(
  database: PgPool<Client>,
  token: string | readonly string[],
  run: (client: Client) => Promise<Result>,
): Promise<Result>
export function withCapability<Sql extends PostgresJsSql, Result>(
  database: PostgresJs<Sql>,
  token: string | readonly string[],
  run: (sql: Sql) => Promise<Result>,
): Promise<Result>
export function withCapability<Transaction extends KyselyTransaction, Result>(
  database: KyselyDatabase<Transaction>,
  token: string | readonly string[],
  run: (transaction: Transaction) => Promise<Result>,
): Promise<Result>
export function withCapability<Transaction extends PgliteTransaction, Result>(
  database: PgliteDatabase<Transaction>,
  token: string | readonly string[],
  run: (transaction: Transaction) => Promise<Result>,
): Promise<Result>
export async function withCapability(
  database: unknown,
  token: string | readonly string[],
  run: (transaction: never) => Promise<unknown>,
): Promise<unknown> {
  const begin = transactionsOf(database)
  const tokens: readonly unknown[] = Array.isArray(token) ? [...token] : [token]
  if (tokens.length === 0 || tokens.some((one) => typeof one !== 'string')) {
    throw new TypeError('token: must be a string, or a list of strings that is not empty')
  }
  let started = false
  try {
    return await begin(async (transaction, query) => {
      for (const one of tokens) await query('select writ.present($1)', [one])
      started = true
      const result = await run(transaction as never)
      await assertBound(database as object, query)
      return result
    })
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== undefined) throw refusal
    if (started) throw error
    // Drivers attach the parameters of a failed query to the error, and here one is the token.
    throw new CapabilityError('unavailable', { cause: new Error('the token could not be presented to the database') })
  }
}
