import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { isCheckpointDue } from '../../src/checkpoints/internal/is-checkpoint-due.ts'
import { parseCheckpoint } from '../../src/checkpoints/parse-checkpoint.ts'
import { startCheckpoints } from '../../src/checkpoints/start-checkpoints.ts'
import { writeCheckpoint } from '../../src/checkpoints/write-checkpoint.ts'
import type { RulesInForce } from '../../src/rules/rules.ts'
import { createKeyStore, type KeyStore } from '../keys/key-store.ts'
import { listDatabases } from '../store/open-databases.ts'
import { append, checkpoint } from './audit-store.ts'

const NOW = 1_800_000_000
const FIRST = 7

describe.each(await listDatabases())('checkpoints, database %#', (create) => {
  let keys: KeyStore

  beforeAll(async () => {
    keys = await createKeyStore(create, NOW)
  })

  beforeEach(() => keys.reset())

  afterEach(() => {
    vi.useRealTimers()
  })

  afterAll(() => keys.remove())

  const isDue = (now: number) => keys.store.read((query) => isCheckpointDue(query, now))
  const kept = () =>
    keys.store.read((query) => query.selectFrom('checkpoints').selectAll().orderBy('sequence').execute())

  it('are due at the first record, then after ten seconds or a thousand records', async () => {
    expect(await isDue(NOW)).toBe(true)
    await checkpoint(keys, NOW)
    expect(await isDue(NOW + 3600)).toBe(false)
    await append(keys.store, 1, NOW)
    expect(await isDue(NOW + 9.9)).toBe(false)
    expect(await isDue(NOW + 10)).toBe(true)
    await append(keys.store, 998, NOW)
    expect(await isDue(NOW + 1)).toBe(false)
    await append(keys.store, 1, NOW)
    expect(await isDue(NOW + 1)).toBe(true)
  })

  it('are due while the clock is behind the last one', async () => {
    await checkpoint(keys, NOW)
    await append(keys.store, 1, NOW)
    expect(await isDue(NOW - 3600)).toBe(true)
  })

  it('are not written twice for one record', async () => {
    const set = await keys.load(NOW)
    const write = (store: KeyStore['store'], now: number) =>
      store.transact((transaction) => writeCheckpoint(transaction, set, now))
    const both = await Promise.all([write(keys.store, NOW), write(keys.other, NOW + 1)])
    expect(both.filter((one) => one !== undefined)).toHaveLength(1)
    expect(await write(keys.store, NOW + 60)).toBeUndefined()
    expect(await kept()).toHaveLength(1)
  })

  it('are written by a timer, each handed out as one line, and a last one when that ends', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const lines: string[] = []
    let written = () => {}
    const next = () =>
      new Promise<void>((resolve) => {
        written = resolve
      })
    const onCheckpoint = (line: string) => {
      lines.push(line)
      written()
    }
    const stop = startCheckpoints(parts(), { onCheckpoint })
    const first = next()
    vi.advanceTimersByTime(1000)
    await first
    await append(keys.store, 3, NOW)
    await stop()
    vi.advanceTimersByTime(100_000)
    expect(lines.map((line) => parseCheckpoint(line).sequence)).toEqual([FIRST, FIRST + 3])
    expect((await kept()).map((row) => row.sequence)).toEqual([FIRST, FIRST + 3])
  })

  it('go on after a failure, which is told', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const failure = new Error('the device is away')
    let fails = true
    const current = async () => {
      if (fails) throw failure
      return { keys: await keys.load(NOW) }
    }
    const failed = await new Promise<unknown>((resolve) => {
      const stop = startCheckpoints(parts(current), { onFailure: resolve })
      vi.advanceTimersByTime(1000)
      end = stop
    })
    expect(failed).toBe(failure)
    fails = false
    await end()
    expect(await kept()).toHaveLength(1)
  })

  let end: () => Promise<void>

  function parts(current: () => Promise<object> = async () => ({ keys: await keys.load(NOW) })) {
    return { store: keys.store, now: () => NOW, rules: { current } as unknown as RulesInForce }
  }
})
