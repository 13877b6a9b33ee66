import { randomUUID } from 'node:crypto'
import { Client, Pool } from 'pg'
import { readMigration } from '../../src/read-migration.ts'

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
    console.warn('PostgreSQL does not answer: the tests of @writ/postgres on it are skipped')
    return undefined
  }
}

/** A database of its own with the schema `writ`, and a role without any rights of the owner. */
export interface TestDatabase {
  /** As the owner of the schema, who is a superuser on most test servers. */
  readonly owner: Pool
  /** As a role that owns nothing. */
  readonly app: Pool
  readonly appUrl: string
  readonly appRole: string
  remove(): Promise<void>
}

export async function createDatabase(url: string): Promise<TestDatabase> {
  const name = `writ_test_${randomUUID().replaceAll('-', '')}`
  const appRole = `${name}_app`
  await run(url, `create database ${name}`, `create role ${appRole} login password 'app'`)
  const ownerUrl = new URL(url)
  ownerUrl.pathname = name
  const appUrl = new URL(ownerUrl)
  appUrl.username = appRole
  appUrl.password = 'app'
  const owner = new Pool({ connectionString: ownerUrl.href, max: 4 })
  const app = new Pool({ connectionString: appUrl.href, max: 4 })
  await owner.query(await readMigration())
  return {
    owner,
    app,
    appUrl: appUrl.href,
    appRole,
    async remove() {
      await Promise.all([owner.end(), app.end()])
      await run(url, `drop database ${name}`, `drop role ${appRole}`)
    },
  }
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}
