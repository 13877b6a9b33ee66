import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { LRUCache } from 'lru-cache'
import { StoreError } from '../store-error.ts'
import { retryWhileLocked } from './retry-while-locked.ts'

const MAX_STATEMENTS = 200
/** How long a statement blocks this process while another holds the file. Longer waits are asynchronous, see the driver. */
const BUSY_TIMEOUT_MS = 20

/** Opens a database file for kysely: with a write-ahead log, and on disk before a commit returns. */
export async function openDatabase(path: string): Promise<SqliteDatabase> {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  } catch (cause) {
    throw new StoreError('store_unavailable', { cause })
  }
  try {
    await retryWhileLocked(() => database.exec('pragma journal_mode = wal'))
    database.exec('pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off')
  } catch (cause) {
    database.close()
    throw cause
  }
  return adapt(database)
}

function adapt(database: DatabaseSync): SqliteDatabase {
  // To compile a statement costs more than to run it.
  const statements = new LRUCache<string, SqliteStatement>({ max: MAX_STATEMENTS })
  let isOpen = true
  return {
    prepare(sql) {
      const known = statements.get(sql)
      if (known !== undefined) return known
      const statement = adaptStatement(database.prepare(sql))
      statements.set(sql, statement)
      return statement
    },
    close() {
      if (isOpen) database.close()
      isOpen = false
    },
  }
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  }
}
