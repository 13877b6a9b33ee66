import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { findPostgres, runStatements } from '../../../postgres/test/support/find-postgres.ts'

/** A database of its own for a test. */
export interface TestDatabase {
  readonly kind: 'sqlite' | 'postgres'
  /** For `openStore`. */
  readonly location: string
  remove(): Promise<void>
}

/** A new folder. */
export async function createSqlite(): Promise<TestDatabase> {
  const location = await mkdtemp(join(tmpdir(), 'writ-'))
  return { kind: 'sqlite', location, remove: () => rm(location, { recursive: true, force: true }) }
}

/** Databases of this file's earlier tests, by server. Making one takes a third of a second, emptying one a tenth of that. */
const emptied = new Map<string, string[]>()

/** An empty database on the server at `url`: it is used again by later tests of the file. */
export async function createPostgres(url: string): Promise<TestDatabase> {
  const free = emptied.get(url) ?? []
  emptied.set(url, free)
  const location = free.pop() ?? (await createDatabase(url))
  return {
    kind: 'postgres',
    location,
    async remove() {
      await runStatements(location, 'drop schema public cascade; create schema public')
      free.push(location)
    },
  }
}

async function createDatabase(url: string): Promise<string> {
  const name = `writ_test_${randomUUID().replaceAll('-', '')}`
  await runStatements(url, `create database ${name}`)
  const location = new URL(url)
  location.pathname = name
  return location.href
}

afterAll(async () => {
  for (const [url, locations] of emptied) {
    for (const location of locations.splice(0))
      await runStatements(url, `drop database ${new URL(location).pathname.slice(1)} with (force)`)
  }
})

/** What runs the same tests on both. Without a server, one line says that PostgreSQL is skipped. */
export async function listDatabases(): Promise<readonly (() => Promise<TestDatabase>)[]> {
  const url = await findPostgres('tests of the authority')
  return url === undefined ? [createSqlite] : [createSqlite, () => createPostgres(url)]
}
