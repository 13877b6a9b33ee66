import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendRecords } from '../../src/audit/append-records.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { listDatabases, type TestDatabase } from './open-databases.ts'

const NOW = 1_800_000_000

describe.each(await listDatabases())('a store, database %#', (create) => {
  let database: TestDatabase
  let store: Store

  beforeEach(async () => {
    database = await create()
    store = await openStore(database.location)
  })

  afterEach(async () => {
    await store.close()
    await database.remove()
  })

  const record = (subject: string) => ({ kind: 'capability.minted', decision: 'allowed', subject }) as const

  it('keeps what was committed and nothing of what failed', async () => {
    await store.transact((transaction) => appendRecords(transaction, [record('alice')], NOW))
    const failing = store.transact(async (transaction) => {
      await appendRecords(transaction, [record('mallory')], NOW)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    const rows = await store.read((query) => query.selectFrom('audit').select(['sequence', 'subject']).execute())
    expect(rows.map((row) => ({ ...row }))).toEqual([{ sequence: 1, subject: 'alice' }])
  })

  it('numbers the records of acts that run together without a gap', async () => {
    const other = await openStore(database.location)
    const acts = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? store : other).transact((transaction) => appendRecords(transaction, [record('alice')], NOW)),
    )
    expect((await Promise.all(acts)).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    await other.close()
  })

  it('tells another process that something was committed', async () => {
    const other = await openStore(database.location)
    const changed = new Promise<void>((resolve) => {
      other.onChange(resolve)
    })
    await store.transact((transaction) => appendRecords(transaction, [record('alice')], NOW))
    await changed
    await other.close()
  })

  it('refuses a read inside of a transaction, which would not see what was written', async () => {
    const nested = store.transact(() => store.read((query) => query.selectFrom('audit').selectAll().execute()))
    await expect(nested).rejects.toThrow('a transaction is under way')
  })

  it('opens once more without a change', async () => {
    await store.transact((transaction) => appendRecords(transaction, [record('alice')], NOW))
    const other = await openStore(database.location)
    const [row] = await other.read((query) => query.selectFrom('head').selectAll().execute())
    expect(row?.audit_sequence).toBe(1)
    await other.close()
  })
})
