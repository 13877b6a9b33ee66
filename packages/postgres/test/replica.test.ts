import { revocationIds } from '@writ/core'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, createInvoices, type Invoices, inTransaction, present, shown } from './support/invoices.ts'
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.ts'

const primary = await startOwnPostgres()
if (primary === undefined) console.warn('PostgreSQL is not installed: the tests of a read replica are skipped')

describe.skipIf(primary === undefined)('a read replica', () => {
  let replica: OwnPostgres | undefined
  let db: Invoices
  let pool: Pool

  beforeAll(async () => {
    replica = await primary?.startReplica()
    db = await createInvoices(primary?.location as string)
    const url = new URL(db.appUrl)
    url.port = new URL(replica?.location as string).port
    pool = new Pool({ connectionString: url.href })
  }, 60_000)

  afterAll(async () => {
    await pool?.end()
    replica?.remove()
    await db?.remove()
    primary?.remove()
  })

  /** Until the replica has what the primary has now. */
  async function caughtUp(): Promise<void> {
    const { rows } = await db.owner.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn')
    const behind = new Pool({ connectionString: replica?.location as string })
    const isThere = async () =>
      (await behind.query('select pg_last_wal_replay_lsn() >= $1::pg_lsn as ok', [rows[0]?.lsn])).rows[0].ok
    await expect.poll(isThere, { timeout: 20_000 }).toBe(true)
    await behind.end()
  }
  const codeFor = (token: string) => inTransaction(pool, (client) => codeOf(present(client, token)))

  it('proves a token each time, and shows what it names', async () => {
    await caughtUp()
    const token = await db.mint()
    for (let time = 0; time < 2; time++) {
      expect(await inTransaction(pool, (client) => present(client, token).then(() => shown(client)))).toEqual([1, 2])
    }
    expect(await shown(pool)).toEqual([])
    expect(await codeFor(await db.mint({ rootKeyId: 9 }))).toBe('untrusted_key')
  })

  it('hears of revocations, and of the silence of an authority, from its primary', async () => {
    const [token, other] = [await db.mint(), await db.mint()]
    await db.owner.query('select writ.revoke($1)', [revocationIds(token)[0]])
    await caughtUp()
    expect([await codeFor(token), await codeFor(other)]).toEqual(['revoked', 'no error'])
    await db.owner.query("select writ.follow('authority')")
    await caughtUp()
    expect(await codeFor(other)).toBe('unavailable')
  })
})
