import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendRecords } from '../../src/audit/append-records.ts'
import type { AuditRecord } from '../../src/audit/audit-record.ts'
import { findRecords, type RecordFilter } from '../../src/audit/find-records.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'

const NOW = 1_800_000_000

const RECORDS: readonly AuditRecord[] = [
  { kind: 'identity.minted', decision: 'allowed', subject: 'alice', revocationId: 'aa' },
  {
    kind: 'capability.minted',
    decision: 'allowed',
    subject: 'alice',
    resource: 'invoices',
    operation: 'read',
    revocationId: 'ab',
  },
  {
    kind: 'capability.minted',
    decision: 'refused',
    subject: 'mallory',
    resource: 'invoices',
    detail: { code: 'denied' },
  },
  {
    kind: 'capability.minted',
    decision: 'allowed',
    subject: 'bob',
    resource: 'orders',
    operation: 'read',
    revocationId: 'ac',
  },
  { kind: 'token.revoked', decision: 'allowed', actor: 'alice', subject: 'bob', revocationId: 'ac' },
]

describe.each(await listDatabases())('a search in the audit, database %#', (create) => {
  let database: TestDatabase
  let store: Store

  beforeAll(async () => {
    database = await create()
    store = await openStore(database.location)
    for (const [index, record] of RECORDS.entries()) {
      await store.transact((transaction) => appendRecords(transaction, [record], NOW + index * 10))
    }
  })

  afterAll(async () => {
    await store.close()
    await database.remove()
  })

  const find = (filter: RecordFilter) => store.read((query) => findRecords(query, filter))
  const sequences = async (filter: RecordFilter) => (await find(filter)).records.map((record) => record.sequence)

  it.each<[string, RecordFilter, readonly number[]]>([
    ['nothing in particular', {}, [1, 2, 3, 4, 5]],
    ['a subject', { subject: 'alice' }, [1, 2]],
    ['a resource', { resource: 'invoices' }, [2, 3]],
    ['a decision', { decision: 'refused' }, [3]],
    ['a revocation id', { revocationId: 'ac' }, [4, 5]],
    ['a time from', { from: NOW + 20 }, [3, 4, 5]],
    ['a time to', { to: NOW + 20 }, [1, 2]],
    ['a fraction of a second', { from: NOW + 9.0005, to: NOW + 10.0005 }, [2]],
    ['several at once', { subject: 'alice', resource: 'invoices', decision: 'allowed' }, [2]],
    ['what is not there', { subject: "alice' or '1'='1" }, []],
    ['a part of a subject', { subject: 'ali%' }, []],
  ])('finds by %s', async (_, filter, expected) => {
    expect(await sequences(filter)).toEqual(expected)
  })

  it('shows a record with its details', async () => {
    const { records } = await find({ subject: 'mallory' })
    expect(records).toEqual([
      {
        sequence: 3,
        timeMs: (NOW + 20) * 1000,
        kind: 'capability.minted',
        decision: 'refused',
        actor: null,
        subject: 'mallory',
        resource: 'invoices',
        operation: null,
        revocationId: null,
        detail: { code: 'denied' },
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  it('goes on from page to page, and says where it ends', async () => {
    const pages: unknown[] = []
    for (let after: number | null = 0; after !== null; ) {
      const { records, next }: Awaited<ReturnType<typeof find>> = await find({ after, limit: 2 })
      pages.push(records.map((record) => record.sequence))
      after = next
    }
    expect(pages).toEqual([[1, 2], [3, 4], [5]])
    expect((await find({ limit: 5 })).next).toBeNull()
  })

  it.each([0, -1, 1001, 1.5, Number.NaN])('refuses the limit %d', async (limit) => {
    await expect(find({ limit })).rejects.toThrow('limit: must be 1 to 1000')
  })
})
