// The databases that `withCapability` takes, as far as it uses them: their libraries are not imported.

/** A pool of `pg`. */
export interface PgPool<Client extends PgClient = PgClient> {
  readonly totalCount: number
  connect(): Promise<Client>
  // The compiler infers `Client` from the last overload that it is given, and needs the same number of them.
  connect(callback: never): void
}

/** A client of a pool of `pg`. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ readonly command?: string }>
  release(destroy?: boolean | Error): void
}

/** An instance of `postgres` (postgres.js). */
export interface PostgresJs<Sql extends PostgresJsSql = PostgresJsSql> {
  begin(run: (sql: Sql) => unknown): Promise<unknown>
  begin(options: string, run: (sql: Sql) => unknown): Promise<unknown>
}

/** A transaction of `postgres` (postgres.js). */
export interface PostgresJsSql {
  unsafe(text: string, values?: never[]): PromiseLike<unknown>
}

/** An instance of Kysely with a PostgreSQL dialect. */
export interface KyselyDatabase<Transaction extends KyselyTransaction = KyselyTransaction> {
  selectFrom: unknown
  transaction(): { execute(run: (transaction: Transaction) => Promise<unknown>): Promise<unknown> }
}

/** A transaction of Kysely. */
export interface KyselyTransaction {
  // A method, so that its own, narrower parameter fits.
  executeQuery(query: never): Promise<unknown>
}

/** A PGlite database. */
export interface PgliteDatabase<Transaction extends PgliteTransaction = PgliteTransaction> {
  transaction(run: (transaction: Transaction) => Promise<unknown>): Promise<unknown>
  query: unknown
}

/** A transaction of PGlite. */
export interface PgliteTransaction {
  query(text: string, values?: unknown[]): Promise<unknown>
}
