import type { KyselyDatabase, PgClient, PgliteDatabase, PgPool, PostgresJs } from '../databases.ts'

/** Runs a query in a transaction. */
type Query = (text: string, values: unknown[]) => PromiseLike<unknown>

/** Begins a transaction, runs, and commits; rolls back if running fails. */
export type Begin = (run: (transaction: unknown, query: Query) => Promise<unknown>) => Promise<unknown>

/**
 * How a database begins a transaction.
 *
 * @throws `TypeError` that starts with `database:` if it is of no known library.
 */
export function transactionsOf(database: unknown): Begin {
  const has = (...names: readonly string[]) =>
    names.every((name) => (database as Readonly<Record<string, unknown>> | null | undefined)?.[name] !== undefined)
  if (typeof database === 'function' && has('begin', 'unsafe')) return overPostgresJs(database as unknown as PostgresJs)
  if (has('selectFrom', 'transaction')) return overKysely(database as KyselyDatabase)
  if (has('connect', 'totalCount')) return overPg(database as PgPool)
  if (has('query', 'transaction')) return overPglite(database as PgliteDatabase)
  throw new TypeError('database: must be a pool of pg, a postgres instance, a Kysely instance or a PGlite database')
}

function overPg(pool: PgPool): Begin {
  return async (run) => {
    const client = await pool.connect()
    let isBroken = true
    try {
      await client.query('begin')
      const result = await run(client, (text, values) => client.query(text, values))
      const { command } = await client.query('commit')
      isBroken = false
      // The server rolls back instead where a statement has failed, even if its error was caught.
      if (command !== 'COMMIT') throw new Error('a statement of the transaction had failed, so it was rolled back')
      return result
    } catch (error) {
      isBroken = isBroken && !(await isRolledBack(client))
      throw error
    } finally {
      client.release(isBroken)
    }
  }
}

/** A client that cannot even roll back is not given back to the pool. */
function isRolledBack(client: PgClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  )
}

function overPostgresJs(sql: PostgresJs): Begin {
  return (run) =>
    sql.begin((transaction) => run(transaction, (text, values) => transaction.unsafe(text, values as never[])))
}

function overKysely(database: KyselyDatabase): Begin {
  return (run) =>
    database.transaction().execute((transaction) =>
      run(transaction, (sql, parameters) => {
        // What `CompiledQuery.raw` makes. Importing Kysely for it would load it for everyone.
        const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] }
        return transaction.executeQuery({ sql, parameters, query, queryId: { queryId: 'writ' } } as never)
      }),
    )
}

function overPglite(database: PgliteDatabase): Begin {
  return (run) =>
    database.transaction((transaction) => run(transaction, (text, values) => transaction.query(text, values)))
}
