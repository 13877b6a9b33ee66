import { PGlite, type Transaction } from '@electric-sql/pglite'
import { followRevocations, withCapability } from '@writ/postgres'
import { installLedger } from './install-ledger.ts'
import type { OpenLedger, OpenOptions, Query } from './ledger.ts'

const ROLE = 'ledger_service'

/**
 * A database in the memory of this process, with the sample rows. It is PGlite: PostgreSQL as WebAssembly.
 *
 * PGlite has one user, who is a superuser, so each transaction of the service takes a role that owns nothing. A statement of its
 * own could take that back. None can be injected: `query` runs one statement, and in that one nobody but the owner may call
 * `set_config`. A server needs no such care: there the service connects as its role.
 */
export async function openEmbedded(options: OpenOptions): Promise<OpenLedger> {
  const db = new PGlite()
  const queryOf =
    (connection: Pick<Transaction, 'query'>): Query =>
    async (text, values) =>
      (await connection.query<Record<string, unknown>>(text, values && [...values])).rows
  const owner = { query: queryOf(db), script: (statements: string) => db.exec(statements) }
  await db.exec(`create role ${ROLE}; revoke execute on function pg_catalog.set_config from public`)
  await installLedger(owner, ROLE, options)

  async function asService<Result>(transaction: Transaction, run: (query: Query) => Promise<Result>): Promise<Result> {
    await transaction.query(`set local role ${ROLE}`)
    return run(queryOf(transaction))
  }
  return {
    owner,
    ledger: {
      present: (token, run) =>
        options.guarded
          ? withCapability(db, token, (transaction: Transaction) => asService(transaction, run))
          : db.transaction((transaction) => asService(transaction, run)),
    },
    follow: (feed) => followRevocations(db, feed),
    close: () => db.close(),
  }
}
