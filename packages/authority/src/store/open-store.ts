import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Backend } from './internal/backend.ts'
import { createStore } from './internal/create-store.ts'
import { describeFailure } from './internal/describe-failure.ts'
import { ALL_MIGRATIONS } from './migrations/all-migrations.ts'
import { openPostgres } from './postgres/open-postgres.ts'
import { openSqlite } from './sqlite/open-sqlite.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

const FILE = 'writ.db'

/**
 * Opens the database of an authority, and makes or upgrades its tables.
 *
 * @param location - `postgres://user@host/database`, or the folder of a SQLite database, which is made (mode 0700).
 * @throws `StoreError` if the database cannot be opened.
 *
 * @example
 * ```ts
 * import { openStore } from '@writ/authority'
 *
 * const store = await openStore('./writ-data')
 * await store.close()
 * ```
 */
export async function openStore(location: string): Promise<Store> {
  let backend: Backend | undefined
  try {
    backend = await openBackend(location)
    await migrate(backend.writer)
    return createStore(backend)
  } catch (error) {
    await backend?.close()
    throw describeFailure(error)
  }
}

async function openBackend(location: string): Promise<Backend> {
  if (/^postgres(ql)?:/.test(location)) return openPostgres(location)
  await mkdir(location, { recursive: true, mode: 0o700 })
  await access(location, constants.W_OK)
  return openSqlite(join(location, FILE))
}

async function migrate(database: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...ALL_MIGRATIONS }) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
