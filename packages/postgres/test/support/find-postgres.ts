import { Client } from 'pg'

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres'

/**
 * Where a PostgreSQL server answers: at `DATABASE_URL`, else on the standard port; `undefined` if none does, and then it prints
 * what is skipped.
 */
export async function findPostgres(skipped: string): Promise<string | undefined> {
  const url = process.env['DATABASE_URL'] ?? DEFAULT_URL
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  try {
    await client.connect()
    await client.end()
    return url
  } catch (error) {
    if (process.env['DATABASE_URL'] !== undefined) throw error
    console.warn(`PostgreSQL does not answer: ${skipped} are skipped`)
    return undefined
  }
}

/** Runs statements on a connection of their own. */
export async function runStatements(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
