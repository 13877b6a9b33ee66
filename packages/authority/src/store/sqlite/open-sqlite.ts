import { Kysely, sql } from 'kysely'
import type { Backend } from '../internal/backend.ts'
import type { Tables } from '../tables.ts'
import { openDatabase } from './sqlite-database.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'

const POLL_MS = 200

/**
 * Opens the two connections of a file: a transaction waits between its statements, and what is read meanwhile would be
 * part of it.
 */
export async function openSqlite(path: string): Promise<Backend> {
  const databases = [await openDatabase(path), await openDatabase(path)] as const
  const [writer, reader] = databases.map(
    (database) => new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) }),
  ) as [Kysely<Tables>, Kysely<Tables>]
  return {
    kind: 'sqlite',
    writer,
    reader,
    lockHead: (query) => query.selectFrom('head').selectAll(),
    // SQLite has no messages. This number changes when another connection has committed. What was committed before it was
    // read first is unknown, so that counts as a change.
    watch(changed) {
      let last: unknown
      const poll = async () => {
        const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(reader)
        const version = rows[0]?.data_version
        if (version !== last) changed()
        last = version
      }
      const timer = setInterval(() => void poll().catch(() => undefined), POLL_MS).unref()
      return () => clearInterval(timer)
    },
    announce: async () => undefined,
    async close() {
      await reader.destroy()
      await writer.destroy()
      // kysely does not close what it has not used yet.
      for (const database of databases) database.close()
    },
  }
}
