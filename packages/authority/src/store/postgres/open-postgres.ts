import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool, types } from 'pg'
import type { Backend } from '../internal/backend.ts'
import type { Tables } from '../tables.ts'
import { CHANNEL, watchChannel } from './watch-channel.ts'

const MAX_CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 5000
/** Nothing here takes long. What does, waits for a lock that somebody has forgotten. */
const STATEMENT_TIMEOUT_MS = 10_000
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000

/** Opens a pool of connections: `postgres://user@host/database`. */
export async function openPostgres(url: string): Promise<Backend> {
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    types: { getTypeParser },
  }
  const pool = new Pool({ ...settings, max: MAX_CONNECTIONS })
  // A connection that breaks is replaced by the next one that is needed. Unheard, its error would end this process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    kind: 'postgres',
    writer: database,
    reader: database,
    lockHead: (query) => query.selectFrom('head').selectAll().forUpdate(),
    watch: (changed) => watchChannel(settings, changed),
    async announce(query) {
      await sql`select pg_notify(${CHANNEL}, '')`.execute(query)
    },
    close: () => database.destroy(),
  }
}

/** Numbers are numbers on both databases. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === types.builtins.INT8 ? parseInteger : types.getTypeParser(oid, format as 'text')
}

function parseInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('a number of the database is too large')
  return value
}
