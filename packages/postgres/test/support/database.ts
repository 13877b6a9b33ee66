import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Pool } from 'pg'
import { readMigration } from '../../src/read-migration.ts'
import { findPostgres, runStatements } from './find-postgres.ts'

/** The server that the tests of this package run on, if there is one. */
export const SERVER: string | undefined = await findPostgres('the tests of @writ/postgres on it')

/** Where the compiled module of `native/` is, if all tests are to verify with it. */
export const MODULE: string | undefined = process.env['WRIT_ED25519_MODULE']

/** The statements that have a database verify with a module. */
export async function readNative(module: string): Promise<string> {
  const sql = await readFile(new URL('../../native/writ_ed25519.sql', import.meta.url), 'utf8')
  return sql.replaceAll('$libdir/writ_ed25519', module)
}

/** A database of its own with the schema `writ`, and a role without any rights of the owner. */
export interface TestDatabase {
  /** As the owner of the schema, who is a superuser on most test servers. */
  readonly owner: Pool
  /** As a role that owns nothing. */
  readonly app: Pool
  readonly ownerUrl: string
  readonly appUrl: string
  readonly appRole: string
  remove(): Promise<void>
}

export async function createDatabase(url: string): Promise<TestDatabase> {
  const name = `writ_test_${randomUUID().replaceAll('-', '')}`
  const appRole = `${name}_app`
  await runStatements(url, `create database ${name}`, `create role ${appRole} login password 'app'`)
  const ownerUrl = new URL(url)
  ownerUrl.pathname = name
  const appUrl = new URL(ownerUrl)
  appUrl.username = appRole
  appUrl.password = 'app'
  const owner = new Pool({ connectionString: ownerUrl.href, max: 4 })
  const app = new Pool({ connectionString: appUrl.href, max: 4 })
  await owner.query(await readMigration())
  if (MODULE !== undefined) await owner.query(await readNative(MODULE))
  return {
    owner,
    app,
    ownerUrl: ownerUrl.href,
    appUrl: appUrl.href,
    appRole,
    async remove() {
      await Promise.all([owner.end(), app.end()])
      await runStatements(url, `drop database ${name}`, `drop role ${appRole}`)
    },
  }
}
