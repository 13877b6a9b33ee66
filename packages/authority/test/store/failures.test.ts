import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { Client } from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findPostgres } from '../../../postgres/test/support/find-postgres.ts'
import { startOwnPostgres } from '../../../postgres/test/support/own-postgres.ts'
import { appendRecords } from '../../src/audit/append-records.ts'
import { openStore } from '../../src/store/open-store.ts'
import { retryWhileLocked } from '../../src/store/sqlite/retry-while-locked.ts'
import type { Store } from '../../src/store/store.ts'
import { createPostgres, createSqlite } from './open-databases.ts'

const NOW = 1_800_000_000
const RECORD = { kind: 'capability.minted', decision: 'allowed', subject: 'alice' } as const
const append = (store: Store, count = 1) =>
  store.transact((transaction) => appendRecords(transaction, Array(count).fill(RECORD), NOW))
const countRecords = (store: Store) =>
  store.read(async (query) => (await query.selectFrom('audit').select('hash').execute()).length)

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A file system of its own, of a mebibyte; `undefined` where this user may not mount one. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'writ-disk-'))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  closing.push(() => execFileSync('umount', [folder]))
  return folder
}

describe('a SQLite store', () => {
  it('says that the disk is full, and has nothing of the act', async ({ skip }) => {
    const folder = mountSmallDisk()
    if (folder === undefined) return skip('needs the right to mount a file system')
    const store = await openStore(folder)
    closing.push(() => store.close())
    await append(store)
    await expect(append(store, 10_000)).rejects.toMatchObject({ name: 'StoreError', code: 'store_full' })
    expect(await countRecords(store)).toBe(1)
    expect(await append(store)).toBe(2)
  })

  it('says that the file is read-only', async ({ skip }) => {
    const folder = mountSmallDisk()
    if (folder === undefined) return skip('needs the right to mount a file system')
    const store = await openStore(folder)
    await append(store)
    await store.close()
    execFileSync('mount', ['-o', 'remount,ro', folder])
    await expect(openStore(folder)).rejects.toMatchObject({ name: 'StoreError', code: 'store_read_only' })
  })

  it('says that a file is no database', async () => {
    const { location, remove } = await createSqlite()
    closing.push(remove)
    const file = new DatabaseSync(join(location, 'writ.db'))
    file.exec('create table mallory (x)')
    file.close()
    execFileSync('dd', ['if=/dev/urandom', `of=${join(location, 'writ.db')}`, 'bs=4096', 'count=1', 'conv=notrunc'], {
      stdio: 'ignore',
    })
    await expect(openStore(location)).rejects.toMatchObject({ name: 'StoreError', code: 'store_unavailable' })
  })

  it('waits for another process that holds the file, without blocking this one', async () => {
    const { location, remove } = await createSqlite()
    closing.push(remove)
    const store = await openStore(location)
    closing.push(() => store.close())
    const other = new DatabaseSync(join(location, 'writ.db'))
    closing.push(() => other.close())
    other.exec('begin immediate')
    const waiting = append(store)
    // This runs while the act waits.
    await new Promise(setImmediate)
    other.exec('commit')
    expect(await waiting).toBe(1)
  })

  it('gives up on one that holds it for too long', async () => {
    const { location, remove } = await createSqlite()
    closing.push(remove)
    await (await openStore(location)).close()
    const [holder, other] = [0, 0].map(() => new DatabaseSync(join(location, 'writ.db'), { timeout: 0 }))
    closing.push(
      () => holder?.close(),
      () => other?.close(),
    )
    holder?.exec('begin immediate')
    const waiting = retryWhileLocked(() => other?.exec('begin immediate'), 10)
    await expect(waiting).rejects.toMatchObject({ name: 'StoreError', code: 'store_busy' })
  })
})

const server = await findPostgres('tests of a server that fails')

describe.skipIf(server === undefined)('a PostgreSQL store', () => {
  async function openDatabase(): Promise<{ store: Store; location: string; cutConnections(): Promise<void> }> {
    const database = await createPostgres(server as string)
    closing.push(() => database.remove())
    const store = await openStore(database.location)
    closing.push(() => store.close())
    return {
      store,
      location: database.location,
      async cutConnections() {
        const client = new Client({ connectionString: server })
        await client.connect()
        const name = new URL(database.location).pathname.slice(1)
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
        await client.end()
      },
    }
  }

  it('has nothing of an act whose connection broke, and goes on with the next', async () => {
    const { store, cutConnections } = await openDatabase()
    await append(store)
    const cut = store.transact(async (transaction) => {
      await appendRecords(transaction, [RECORD], NOW)
      await cutConnections()
      await sql`select 1`.execute(transaction.query)
    })
    await expect(cut).rejects.toMatchObject({ name: 'StoreError', code: 'store_unavailable' })
    expect(await append(store)).toBe(2)
    expect(await countRecords(store)).toBe(2)
  })

  it('hears of commits again after its connection broke', async () => {
    const { store, location, cutConnections } = await openDatabase()
    await cutConnections()
    let heard = false
    store.onChange(() => {
      heard = true
    })
    const other = await openStore(location)
    closing.push(() => other.close())
    await vi.waitUntil(async () => (await append(other)) && heard, { timeout: 10_000 })
  })

  it('says that no server answers', async () => {
    const opening = openStore('postgres://postgres@127.0.0.1:1/none')
    await expect(opening).rejects.toMatchObject({ name: 'StoreError', code: 'store_unavailable' })
  })
})

// It makes a server of its own, which takes seconds. `npm run check -- --full` sets it.
describe.runIf(process.env['WRIT_LONG'] === '1')('a PostgreSQL server that restarts', () => {
  it('an act under way has left nothing, and the store goes on and hears of commits of others', async ({ skip }) => {
    const own = await startOwnPostgres()
    if (own === undefined) return skip('needs the programs of a PostgreSQL server')
    closing.push(own.remove)
    const [store, other] = [await openStore(own.location), await openStore(own.location)]
    closing.push(() => Promise.all([store.close(), other.close()]))
    await append(store)
    const cut = store.transact(async (transaction) => {
      await appendRecords(transaction, [RECORD], NOW)
      own.restart()
      await sql`select 1`.execute(transaction.query)
    })
    await expect(cut).rejects.toMatchObject({ name: 'StoreError', code: 'store_unavailable' })
    let heard = false
    store.onChange(() => {
      heard = true
    })
    // Connections that were idle are broken too, and each is found out when it is used.
    await vi.waitUntil(async () => (await append(other).catch(() => 0)) > 0 && heard, { timeout: 10_000 })
    expect(await append(store)).toBe(await countRecords(other))
  })
})
