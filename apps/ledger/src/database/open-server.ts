import { followRevocations, withCapability } from '@writ/postgres'
import { Pool, type PoolClient } from 'pg'
import { installLedger } from './install-ledger.ts'
import type { OpenLedger, OpenOptions, Query } from './ledger.ts'

/** Where a PostgreSQL server is. */
export interface ServerUrls {
  /** With the role of the service, which owns nothing. */
  readonly service: string
  /** With the role that owns the tables and the schema `writ`. */
  readonly owner: string
}

/** A database on a PostgreSQL server. It is prepared where that was not done before. */
export async function openServer(urls: ServerUrls, options: OpenOptions): Promise<OpenLedger> {
  const ownerPool = new Pool({ connectionString: urls.owner, max: 1 })
  const pool = new Pool({ connectionString: urls.service })
  // A connection that breaks while nobody uses it is replaced by the pool.
  for (const one of [ownerPool, pool]) one.on('error', () => undefined)
  const queryOf =
    (client: Pool | PoolClient): Query =>
    async (text, values) =>
      (await client.query(text, values && [...values])).rows
  const owner = { query: queryOf(ownerPool), script: (statements: string) => ownerPool.query(statements) }
  const close = async () => void (await Promise.all([pool.end(), ownerPool.end()]))
  try {
    await installLedger(owner, decodeURIComponent(new URL(urls.service).username), options)
  } catch (error) {
    await close()
    throw error
  }
  return {
    owner,
    ledger: {
      present: (token, run) =>
        options.guarded
          ? withCapability(pool, token, (client: PoolClient) => run(queryOf(client)))
          : run(queryOf(pool)),
    },
    follow: (feed) => followRevocations(ownerPool, feed),
    close,
  }
}
