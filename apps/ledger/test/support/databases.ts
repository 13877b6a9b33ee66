import { randomUUID } from 'node:crypto'
import { findPostgres, runStatements } from '../../../../packages/postgres/test/support/find-postgres.ts'
import type { OpenLedger, OpenOptions } from '../../src/database/ledger.ts'
import { openEmbedded } from '../../src/database/open-embedded.ts'
import { openServer, type ServerUrls } from '../../src/database/open-server.ts'

/** A way to open an empty database. */
export interface DatabaseKind {
  readonly name: 'PGlite' | 'PostgreSQL'
  open(options: OpenOptions): Promise<OpenLedger>
}

/** The server that tests run on too, if there is one. */
export const SERVER: string | undefined = await findPostgres('tests of the ledger on it')

/** A database of its own on the server, whose owner is no superuser. */
export async function createServerDatabase(url: string): Promise<{ urls: ServerUrls; remove(): Promise<void> }> {
  const name = `writ_test_${randomUUID().replaceAll('-', '')}`
  const roles = [`${name}_owner`, `${name}_service`] as const
  for (const role of roles) await runStatements(url, `create role ${role} login password 'secret'`)
  await runStatements(url, `create database ${name} owner ${roles[0]}`)
  const [owner = '', service = ''] = roles.map((role) => {
    const own = new URL(url)
    own.pathname = name
    own.username = role
    own.password = 'secret'
    return own.href
  })
  return {
    urls: { owner, service },
    remove: () => runStatements(url, `drop database ${name} with (force)`, ...roles.map((role) => `drop role ${role}`)),
  }
}

const embedded: DatabaseKind = { name: 'PGlite', open: openEmbedded }

const onServer = (url: string): DatabaseKind => ({
  name: 'PostgreSQL',
  async open(options) {
    const { urls, remove } = await createServerDatabase(url)
    const opened = await openServer(urls, options)
    return {
      ...opened,
      async close() {
        await opened.close()
        await remove()
      },
    }
  },
})

export const DATABASES: readonly DatabaseKind[] = SERVER === undefined ? [embedded] : [embedded, onServer(SERVER)]
