import { CapabilityError } from '@writ/core'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withCapability } from '../src/with-capability.ts'
import { SERVER } from './support/database.ts'
import { createInvoices, type Invoices, shown } from './support/invoices.ts'

/** One library: reads ids in a transaction with tokens, counts without one, and fails on purpose. */
interface Library {
  readonly name: string
  ids(tokens: string | readonly string[]): Promise<readonly number[]>
  idsWithout(): Promise<readonly number[]>
  /** Inserts invoice 50, and then throws `error`. */
  insertAndThrow(token: string, error: Error): Promise<unknown>
  end(): Promise<void>
}

const numbers = (rows: readonly unknown[]) => rows.map((row) => (row as { id: number }).id)
const IDS = 'select id from invoices order by id'
const INSERT = "insert into invoices values (50, 'acme', 1)"

function overPg(connectionString: string): Library {
  // One connection, as behind a pooler in transaction mode: what one transaction leaves, the next one finds.
  const pool = new Pool({ connectionString, max: 1 })
  return {
    name: 'pg',
    ids: (tokens) => withCapability(pool, tokens, async (client) => numbers((await client.query(IDS)).rows)),
    idsWithout: () => shown(pool),
    insertAndThrow: (token, error) =>
      withCapability(pool, token, async (client) => {
        await client.query(INSERT)
        throw error
      }),
    end: () => pool.end(),
  }
}

function overPostgresJs(connectionString: string): Library {
  const client = postgres(connectionString, { max: 1, onnotice: () => {} })
  return {
    name: 'postgres',
    ids: (tokens) =>
      withCapability(client, tokens, async (tx) => numbers(await tx`select id from invoices order by id`)),
    idsWithout: async () => numbers(await client`select id from invoices order by id`),
    insertAndThrow: (token, error) =>
      withCapability(client, token, async (tx) => {
        await tx.unsafe(INSERT)
        throw error
      }),
    end: () => client.end(),
  }
}

function overKysely(connectionString: string): Library {
  const db = new Kysely<{ invoices: { id: number } }>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString, max: 1 }) }),
  })
  return {
    name: 'kysely',
    ids: (tokens) =>
      withCapability(db, tokens, async (trx) =>
        numbers(await trx.selectFrom('invoices').select('id').orderBy('id').execute()),
      ),
    idsWithout: async () => numbers(await db.selectFrom('invoices').select('id').orderBy('id').execute()),
    insertAndThrow: (token, error) =>
      withCapability(db, token, async (trx) => {
        await sql.raw(INSERT).execute(trx)
        throw error
      }),
    end: () => db.destroy(),
  }
}

describe.skipIf(SERVER === undefined).each([overPg, overPostgresJs, overKysely])('withCapability: %o', (open) => {
  let db: Invoices
  let library: Library

  beforeAll(async () => {
    db = await createInvoices(SERVER as string)
    library = open(db.appUrl)
  })

  afterAll(async () => {
    await library?.end()
    await db?.remove()
  })

  it('shows what the capability names inside the transaction, and nothing after it', async () => {
    const [acme, globex] = [await db.mint(), await db.mint({ designations: { tenantId: 'globex' } })]
    for (const [token, expected] of [
      [acme, [1, 2]],
      [globex, [3]],
      [acme, [1, 2]],
    ] as const) {
      expect(await library.ids(token)).toEqual(expected)
      expect(await library.idsWithout()).toEqual([])
    }
  })

  it('presents several capabilities', async () => {
    expect(await library.ids([await db.mint({ resource: 'customers' }), await db.mint()])).toEqual([1, 2])
  })

  it('rolls back and passes the error on if the function throws', async () => {
    const error = new Error('of the function')
    const writer = await db.mint({ operation: 'write' })
    await expect(library.insertAndThrow(writer, error)).rejects.toBe(error)
    expect((await db.owner.query('select from invoices where id = 50')).rowCount).toBe(0)
    expect(await library.ids(await db.mint())).toEqual([1, 2])
  })

  it('refuses with the code of core, and with nothing of the token', async () => {
    const expired = await db.mint({ expiresIn: 1, now: () => 1_700_000_000 })
    for (const [token, code, publicCode] of [
      [expired, 'expired', 'expired'],
      ['nonsense', 'malformed_token', 'malformed_token'],
      [await db.mint({ rootKeyId: 9 }), 'untrusted_key', 'invalid_signature'],
      ['', 'missing_token', 'missing_token'],
    ] as const) {
      const error = await library.ids(token).catch((thrown) => thrown)
      expect(error).toBeInstanceOf(CapabilityError)
      expect(error).toMatchObject({ code, publicCode, cause: { message: `writ: ${code}` } })
      expect(Object.getOwnPropertyNames(error.cause)).toEqual(['stack', 'message'])
    }
    expect(await library.ids(await db.mint())).toEqual([1, 2])
  })

  it('names what only the database does not support', async () => {
    const { attest } = await import('@writ/core')
    const { gateway } = await import('../../core/test/support/keys.ts')
    const asked = await db.mint({ attested: { approval: { value: 'yes', by: gateway.publicKey } } })
    const signing = { keys: db.publicKey, privateKey: gateway.privateKey }
    const token = await attest(asked, signing, { designations: { approval: 'yes' } })
    await expect(library.ids(token)).rejects.toMatchObject({
      code: 'unsupported_block',
      publicCode: 'malformed_token',
      cause: { message: 'writ: third_party_block' },
    })
  })
})

describe.skipIf(SERVER === undefined)('withCapability', () => {
  it('refuses a commit that the server has turned into a rollback', async () => {
    const db = await createInvoices(SERVER as string)
    try {
      const run = withCapability(db.app, await db.mint(), async (client) => {
        await client.query('select 1/0').catch(() => {})
        return 'done'
      })
      await expect(run).rejects.toThrow('had failed, so it was rolled back')
      expect(db.app.totalCount).toBe(1)
    } finally {
      await db.remove()
    }
  })

  it('is unavailable if the database is, or has no schema writ, and shows nothing of the token', async () => {
    const token = 'secret-token'
    const closed = postgres('postgres://postgres@127.0.0.1:1/none', { connect_timeout: 1, debug: true })
    const empty = postgres(SERVER as string, { debug: true })
    try {
      for (const database of [closed, empty]) {
        const error = await withCapability(database, token, async () => {}).catch((thrown) => thrown)
        expect(error.code).toBe('unavailable')
        const { inspect } = await import('node:util')
        expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(token)
      }
    } finally {
      await Promise.all([closed.end(), empty.end()])
    }
  })
})

describe('withCapability', () => {
  it.each([undefined, null, {}, 'postgres://', { query() {} }])('refuses %o as a database', async (database) => {
    await expect(withCapability(database as never, 'token', async () => {})).rejects.toThrow(/^database: must be/)
  })

  it.each([undefined, 7, [], ['token', undefined]])('refuses %o as a token', async (token) => {
    const pool = new Pool({ max: 1 })
    await expect(withCapability(pool, token as never, async () => {})).rejects.toThrow(/^token: must be/)
  })
})
