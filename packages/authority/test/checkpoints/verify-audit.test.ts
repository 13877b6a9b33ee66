import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashRecord } from '../../src/audit/internal/hash-record.ts'
import type { AuditReport } from '../../src/checkpoints/audit-report.ts'
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts'
import { exportCheckpoint } from '../../src/checkpoints/export-checkpoint.ts'
import { parseCheckpoint } from '../../src/checkpoints/parse-checkpoint.ts'
import { verifyAudit } from '../../src/checkpoints/verify-audit.ts'
import { writeCheckpoint } from '../../src/checkpoints/write-checkpoint.ts'
import { rotateKey } from '../../src/keys/rotate-key.ts'
import type { AuditTable } from '../../src/store/tables.ts'
import { createKeyStore, type KeyStore } from '../keys/key-store.ts'
import { listDatabases } from '../store/open-databases.ts'
import { append, checkpoint, rehash } from './audit-store.ts'

const NOW = 1_800_000_000
/** How many records the first keys make. */
const FIRST = 7

describe.each(await listDatabases())('the verification of the audit, database %#', (create) => {
  let keys: KeyStore
  let trustedRoots: readonly string[]

  beforeAll(async () => {
    keys = await createKeyStore(create, NOW)
  })

  beforeEach(async () => {
    await keys.reset()
    trustedRoots = [(await keys.load(NOW)).root.publicKey]
    await append(keys.store, 20 - FIRST, NOW)
  })

  afterAll(() => keys.remove())

  const verify = (since?: Checkpoint): Promise<AuditReport> => verifyAudit(keys.store, { trustedRoots, since })
  const faults = async (since?: Checkpoint) =>
    (await verify(since)).faults.map(({ code, sequence }) => [code, sequence])
  const edit = (sequence: number, values: Partial<Record<keyof AuditTable, string | number>>) =>
    keys.store.transact(({ query }) =>
      query
        .updateTable('audit')
        .set(values as Partial<AuditTable>)
        .where('sequence', '=', sequence)
        .execute(),
    )
  const remove = (from: number, to: number) =>
    keys.store.transact(({ query }) =>
      query.deleteFrom('audit').where('sequence', '>=', from).where('sequence', '<=', to).execute(),
    )
  const endAt = (sequence: number) =>
    keys.store.transact(async ({ query }) => {
      const last = query.selectFrom('audit').select('hash').where('sequence', '=', sequence)
      const { hash } = await last.executeTakeFirstOrThrow()
      await query.updateTable('head').set({ audit_sequence: sequence, audit_hash: hash }).execute()
    })
  const dropCheckpoints = () => keys.store.transact(({ query }) => query.deleteFrom('checkpoints').execute())

  it('finds nothing wrong with what was only appended, over several pages', async () => {
    await checkpoint(keys, NOW)
    await append(keys.store, 2100, NOW + 1)
    await checkpoint(keys, NOW + 1)
    await append(keys.store, 5, NOW + 2)
    expect(await verify()).toEqual({
      intact: true,
      faults: [],
      records: 2125,
      checkpoints: 2,
      sequence: 2125,
      signedUpTo: 2120,
    })
  })

  it('finds nothing wrong while others append', async () => {
    const appending = Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await append(keys.other, 60, NOW + index)
        if (index % 5 === 0) await checkpoint(keys, NOW + index).catch(() => undefined)
      }),
    )
    for (let round = 0; round < 5; round++) expect(await faults()).toEqual([])
    await appending
    expect(await faults()).toEqual([])
  })

  it.each([
    ['time_ms', 1],
    ['kind', 'identity.minted'],
    ['decision', 'allowed'],
    ['actor', 'mallory'],
    ['subject', 'mallory'],
    ['resource', 'orders'],
    ['operation', 'write'],
    ['revocation_id', 'ff'],
    ['detail', '{}'],
  ] as const)('finds a record whose %s was edited', async (column, value) => {
    await edit(12, { [column]: value })
    expect(await faults()).toEqual([['edited', 12]])
  })

  it('finds a record that was edited and hashed anew', async () => {
    await edit(12, { subject: 'mallory' })
    const row = await keys.store.read((query) =>
      query.selectFrom('audit').selectAll().where('sequence', '=', 12).executeTakeFirstOrThrow(),
    )
    await edit(12, { hash: hashRecord(row) })
    expect(await faults()).toEqual([['unlinked', 13]])
  })

  it('finds the last record edited and hashed anew', async () => {
    await edit(20, { subject: 'mallory' })
    await rehash(keys.store, 20)
    await keys.store.transact(({ query }) =>
      query
        .updateTable('head')
        .set({ audit_hash: 'ab'.repeat(32) })
        .execute(),
    )
    expect(await faults()).toEqual([['rewritten', 20]])
  })

  it.each([
    ['the first record', 1, 1],
    ['some', 9, 11],
    ['the last one', 20, 20],
    ['all', 1, 20],
  ])('finds %s removed', async (_, from, to) => {
    await remove(from, to)
    expect(await faults()).toEqual([['removed', from]])
  })

  it('finds that two records were exchanged', async () => {
    await edit(12, { sequence: 1012 })
    await edit(13, { sequence: 12 })
    await edit(1012, { sequence: 13 })
    expect(await faults()).toEqual([
      ['edited', 12],
      ['unlinked', 12],
      ['edited', 13],
      ['unlinked', 13],
      ['unlinked', 14],
    ])
  })

  it('finds records put where none was written', async () => {
    const [row] = await keys.store.read((query) =>
      query.selectFrom('audit').selectAll().where('sequence', '=', 20).execute(),
    )
    if (row === undefined) throw new Error('there is no record')
    const { hash: previous_hash, ...rest } = row
    for (const sequence of [-5, 0, 21]) {
      const inserted = { ...rest, sequence, previous_hash }
      const values = { ...inserted, hash: hashRecord(inserted) }
      await keys.store.transact(({ query }) => query.insertInto('audit').values(values).execute())
    }
    expect(await faults()).toEqual([
      ['inserted', -5],
      ['inserted', 0],
      ['inserted', 21],
    ])
  })

  it('finds that the end was cut off, head and all, by a checkpoint', async () => {
    await checkpoint(keys, NOW)
    await remove(15, 20)
    await endAt(14)
    expect(await faults()).toEqual([['removed', 15]])
  })

  it('finds a whole chain rewritten, by a checkpoint', async () => {
    await checkpoint(keys, NOW)
    await append(keys.store, 3, NOW)
    await edit(12, { subject: 'mallory' })
    await rehash(keys.store, 12)
    expect(await faults()).toEqual([['rewritten', 20]])
  })

  it('finds a whole chain rewritten and its checkpoints removed, by an exported one alone', async () => {
    await checkpoint(keys, NOW)
    const exported = await keys.store.read(exportCheckpoint)
    const since = parseCheckpoint(exported ?? '')
    expect(exported).not.toContain('\n')
    await append(keys.store, 3, NOW)
    expect(await verify(since)).toMatchObject({ intact: true, records: 4, sequence: 23, signedUpTo: 20 })
    await edit(12, { subject: 'mallory' })
    await rehash(keys.store, 12)
    await dropCheckpoints()
    expect(await verify()).toMatchObject({ intact: true, signedUpTo: 0 })
    expect(await faults(since)).toEqual([['rewritten', 20]])
  })

  it('finds the end cut off and its checkpoints removed, by an exported one alone', async () => {
    const since = await checkpoint(keys, NOW)
    await remove(15, 20)
    await endAt(14)
    await dropCheckpoints()
    expect(await faults()).toEqual([])
    expect(await faults(since)).toEqual([['removed', 20]])
  })

  it('finds a checkpoint forged: edited, or of a record that it was not signed for', async () => {
    const { signature } = await checkpoint(keys, NOW)
    const changes = [{ time_ms: 1 }, { sequence: 19 }, { hash: 'ab'.repeat(32) }, { key_id: 3 }, { key_id: 99 }]
    for (const change of changes) {
      await keys.store.transact(({ query }) => query.updateTable('checkpoints').set(change).execute())
      const sequence = change.sequence ?? 20
      expect(await faults()).toEqual([['forged_checkpoint', sequence]])
      await dropCheckpoints()
      expect((await checkpoint(keys, NOW)).signature).toBe(signature)
    }
    expect(await faults()).toEqual([])
  })

  it('finds a checkpoint forged with keys that somebody has added to the database', async () => {
    await keys.store.transact(async ({ query }) => {
      await query.updateTable('keys').set({ state: 'retired', retired_at: NOW }).execute()
    })
    const before = await keys.store.read((query) => query.selectFrom('keys').selectAll().execute())
    await keys.store.transact(({ query }) => query.deleteFrom('keys').execute())
    const mallory = await createKeyStore(create, NOW)
    await mallory.reset()
    const forged = await keys.store.transact(async (transaction) => {
      return writeCheckpoint(transaction, await mallory.load(NOW), NOW)
    })
    const added = await mallory.store.read((query) => query.selectFrom('keys').selectAll().execute())
    await mallory.remove()
    await keys.store.transact(({ query }) => query.insertInto('keys').values(added).execute())
    expect(await faults()).toEqual([['forged_checkpoint', 20]])
    expect(await faults(forged)).toEqual([['forged_checkpoint', 20]])

    // Beside the true ones, with other ids.
    const shifted = added.map((key) => ({
      ...key,
      id: key.id + 10,
      certified_by: key.certified_by && key.certified_by + 10,
    }))
    await keys.store.transact(async ({ query }) => {
      await query.deleteFrom('keys').execute()
      await query
        .insertInto('keys')
        .values([...before, ...shifted])
        .execute()
      await query.updateTable('checkpoints').set({ key_id: 14 }).execute()
    })
    expect(await faults()).toEqual([['forged_checkpoint', 20]])
  })

  it('does not take a checkpoint by a feed key', async () => {
    const set = await keys.load(NOW)
    await keys.store.transact((transaction) => writeCheckpoint(transaction, { ...set, audit: set.feed }, NOW))
    expect(await faults()).toEqual([['forged_checkpoint', 20]])
  })

  it('reads nothing by an exported checkpoint that was forged', async () => {
    const genuine = await checkpoint(keys, NOW)
    const since = { ...genuine, hash: 'ab'.repeat(32) }
    expect(await verify(since)).toMatchObject({ records: 0, faults: [{ code: 'forged_checkpoint', sequence: 20 }] })
  })

  it('trusts checkpoints from before and after rotations, by the first root key', async () => {
    const first = await checkpoint(keys, NOW)
    for (const purpose of ['audit', 'root', 'root', 'audit', 'root'] as const) {
      await keys.store.transact((transaction) => rotateKey(transaction, keys.provider, { purpose }, NOW))
      await checkpoint(keys, NOW)
    }
    expect(await verify()).toMatchObject({ intact: true, checkpoints: 6 })
    expect(await verify(first)).toMatchObject({ intact: true })
  })

  it('trusts no checkpoint of another authority', async () => {
    await checkpoint(keys, NOW)
    const stranger = `ed25519/${randomBytes(32).toString('hex')}`
    const report = await verifyAudit(keys.store, { trustedRoots: [stranger] })
    expect(report.faults).toEqual([{ code: 'forged_checkpoint', sequence: 20 }])
    await expect(verifyAudit(keys.store, { trustedRoots: [] })).rejects.toThrow('trustedRoots: must name a root key')
  })

  it('ends after a hundred faults', async () => {
    await append(keys.store, 150, NOW)
    await keys.store.transact(({ query }) =>
      query
        .updateTable('audit')
        .set({ detail: '{"mallory":1}' } as object)
        .execute(),
    )
    expect((await verify()).faults).toHaveLength(100)
  })
})

describe('an exported checkpoint', () => {
  const line = { sequence: 1, timeMs: 2, hash: 'ab'.repeat(32), keyId: 4, signature: 'cd'.repeat(64) }

  it('is read as it was written', () => {
    expect(parseCheckpoint(JSON.stringify(line))).toEqual(line)
  })

  it.each([
    '',
    'null',
    '[]',
    JSON.stringify({ ...line, more: 1 }),
    JSON.stringify({ ...line, sequence: 0 }),
    JSON.stringify({ ...line, sequence: '1' }),
    JSON.stringify({ ...line, hash: 'AB'.repeat(32) }),
    `{"__proto__":${JSON.stringify(line)}}`,
    ' '.repeat(2000),
  ])('is refused as %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow('checkpoint: must be a line of exportCheckpoint')
  })
})
