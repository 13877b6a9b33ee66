import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

/** A database of its own for a test. */
export interface TestDatabase {
  readonly kind: 'sqlite' | 'postgres'
  /** For `openStore`. */
  readonly location: string
  remove(): Promise<void>
}

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres'

/** Where a PostgreSQL server answers: at `DATABASE_URL`, else on the standard port; `undefined` if none does. */
export async function findPostgres(): Promise<string | undefined> {
  const url = process.env['DATABASE_URL'] ?? DEFAULT_URL
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  try {
    await client.connect()
    await client.end()
    return url
  } catch (error) {
    if (process.env['DATABASE_URL'] !== undefined) throw error
    return undefined
  }
}

/** A new folder. */
export async function createSqlite(): Promise<TestDatabase> {
  const location = await mkdtemp(join(tmpdir(), 'writ-'))
  return { kind: 'sqlite', location, remove: () => rm(location, { recursive: true, force: true }) }
}

/** A new, empty database on the server at `url`. */
export async function createPostgres(url: string): Promise<TestDatabase> {
  const name = `writ_test_${randomUUID().replaceAll('-', '')}`
  const run = async (statement: string) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await run(`create database ${name}`)
  const location = new URL(url)
  location.pathname = name
  return { kind: 'postgres', location: location.href, remove: () => run(`drop database ${name} with (force)`) }
}

/** What runs the same tests on both. Without a server, one line says that PostgreSQL is skipped. */
export async function listDatabases(): Promise<readonly (() => Promise<TestDatabase>)[]> {
  const url = await findPostgres()
  if (url === undefined) console.warn('PostgreSQL does not answer: its tests are skipped')
  return url === undefined ? [createSqlite] : [createSqlite, () => createPostgres(url)]
}
