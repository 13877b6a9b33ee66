import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely'
import { retryWhileLocked } from './retry-while-locked.ts'

/** kysely's dialect, for `node:sqlite` and for several processes on one file. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase

  constructor(database: SqliteDatabase) {
    super({ database })
    this.#database = database
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: this.#database })
  }

  override createAdapter(): DialectAdapter {
    return new LockingAdapter()
  }
}

/** Takes the lock of a writer when a transaction begins. One that reads first and writes then may find that it cannot. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await retryWhileLocked(() => connection.executeQuery(CompiledQuery.raw('begin immediate')))
  }

  /** SQLite itself rolls back when the disk is full. To fail here would hide that. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined)
  }
}

/** Runs migrations in a transaction, which is also the lock between processes that start together. */
class LockingAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
