import { readdir, readFile } from 'node:fs/promises'

/** `src` and `dist` both stand beside it. */
const FOLDER = new URL('../sql/', import.meta.url)

/**
 * The SQL that installs the schema `writ`: run it once, as the role that is to own the schema. It needs no extension and no
 * superuser, on PostgreSQL 14 or newer. The same text is in the file `@writ/postgres/migration.sql`.
 *
 * @returns Statements for one transaction.
 *
 * @example
 * ```ts
 * import { readMigration } from '@writ/postgres'
 * import { Pool } from 'pg'
 *
 * const pool = new Pool()
 * await pool.query(await readMigration())
 * await pool.query('select writ.trust($1)', [process.env['WRIT_PUBLIC_KEY']])
 * ```
 */
export async function readMigration(): Promise<string> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort()
  return (await Promise.all(names.map((name) => readFile(new URL(name, FOLDER), 'utf8')))).join('\n')
}
