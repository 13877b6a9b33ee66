import { createHash, randomBytes } from 'node:crypto'
import { revocationIds } from '@writ/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mintIdentityFor } from '../../src/enrol/mint-identity-for.ts'
import { verifyStatement } from '../../src/keys/verify-statement.ts'
import type { FeedHead } from '../../src/revoke/feed-entry.ts'
import { feedHead } from '../../src/revoke/feed-head.ts'
import { pruneFeed } from '../../src/revoke/prune-feed.ts'
import { readFeed } from '../../src/revoke/read-feed.ts'
import { revoke } from '../../src/revoke/revoke.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { NOW, openParts, type TestParts } from './open-parts.ts'

const ZEROS = '0'.repeat(64)
const act = { actor: 'admin' }
const block = (number: number) => number.toString(16).padStart(128, '0')

/** Follows the chain of a whole feed, as a client does. */
async function assertChained(parts: TestParts, limit = 1000): Promise<number> {
  let { baseSequence: sequence, baseHash: hash } = await feedHead(parts)
  for (;;) {
    const { entries, head, more } = await readFeed(parts, { after: sequence, limit })
    for (const entry of entries) {
      expect(entry.sequence).toBe(++sequence)
      const { timeMs, type, value, issuedBefore, expiresAt } = entry
      hash = createHash('sha256')
        .update(JSON.stringify([hash, sequence, timeMs, type, value, issuedBefore, expiresAt]))
        .digest('hex')
    }
    if (more) continue
    expect([head.sequence, head.hash]).toEqual([sequence, hash])
    return sequence
  }
}

describe.each(await listDatabases())('the revocation feed, database %#', (create) => {
  const masterKey = randomBytes(32)
  let database: TestDatabase
  let parts: TestParts

  beforeEach(async () => {
    database = await create()
    parts = await openParts(database.location, masterKey)
  })

  afterEach(async () => {
    await parts.close()
    await database.remove()
  })

  const isSigned = async (head: FeedHead) => {
    const { feed } = (await parts.rules.current()).keys
    const { sequence, timeMs, hash, baseSequence, baseHash, keyId, signature } = head
    const members = [sequence, timeMs, hash, baseSequence, baseHash, keyId]
    return keyId === feed.id && verifyStatement(feed.publicKey, 'feed-head', members, signature)
  }

  it('has a signed head from the start', async () => {
    const head = await feedHead(parts)
    expect(head).toMatchObject({ sequence: 0, timeMs: NOW * 1000, hash: ZEROS, baseSequence: 0, baseHash: ZEROS })
    expect(await isSigned(head)).toBe(true)
    expect(await isSigned({ ...head, timeMs: head.timeMs + 1 })).toBe(false)
  })

  it('signs a head once a second while nothing changes, and at once when something does', async () => {
    const first = await feedHead(parts)
    parts.clock.now += 0.999
    expect(await feedHead(parts)).toBe(first)
    parts.clock.now += 0.001
    const second = await feedHead(parts)
    expect(second.timeMs).toBe(first.timeMs + 1000)
    await revoke(parts, { actorPrefix: 'agent:bob' }, act)
    const third = await feedHead(parts)
    expect(third).toMatchObject({ sequence: 1, timeMs: second.timeMs })
    expect(await isSigned(third)).toBe(true)
  })

  it('is read in pages, each with a head', async () => {
    for (let number = 1; number <= 5; number++) await revoke(parts, { revocationId: block(number) }, act)
    const sequences = async (after: number, limit: number) => {
      const { entries, more, head } = await readFeed(parts, { after, limit })
      expect(head.sequence).toBe(5)
      return [entries.map(({ sequence }) => sequence), more]
    }
    expect(await sequences(0, 2)).toEqual([[1, 2], true])
    expect(await sequences(2, 3)).toEqual([[3, 4, 5], false])
    expect(await sequences(5, 1)).toEqual([[], false])
    expect(await sequences(99, 1)).toEqual([[], false])
    expect(await assertChained(parts, 2)).toBe(5)
  })

  it.each([
    [{ after: -1 }, 'after'],
    [{ after: 0.5 }, 'after'],
    [{ after: Number.NaN }, 'after'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 1001 }, 'limit'],
  ])('refuses the cursor %j', async (cursor, member) => {
    await expect(readFeed(parts, cursor)).rejects.toMatchObject({ code: 'invalid_request', details: { member } })
  })

  it('has no gap and no fork where two processes revoke at once', async () => {
    const other = await openParts(database.location, masterKey)
    const acts = Array.from({ length: 40 }, (_, index) =>
      revoke(index % 2 === 0 ? parts : other, { revocationId: block(index % 30) }, act),
    )
    const results = await Promise.all(acts)
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(30)
    expect(await assertChained(parts, 7)).toBe(30)
    await other.close()
  })

  it('leaves nothing unrevoked that is minted from an identity while that is revoked', async () => {
    const other = await openParts(database.location, masterKey)
    const { identity } = await mintIdentityFor(parts, { subject: 'agent:alice' })
    const [alice] = revocationIds(identity) as [string]
    const mint = (process: TestParts) => mintIdentityFor(process, { subject: 'agent:alice:job', presentedIds: [alice] })
    const mints = Array.from({ length: 30 }, (_, index) => mint(index % 2 === 0 ? parts : other))
    const outcomes = Promise.allSettled(mints)
    await Promise.race(mints)
    const { sequence } = await revoke(other, { revocationId: alice }, act)
    const minted = (await outcomes).filter(({ status }) => status === 'fulfilled').length
    expect(minted).toBeGreaterThan(0)
    const rows = await parts.store.read((query) => query.selectFrom('tokens').selectAll().execute())
    expect(rows.length).toBe(minted + 1)
    expect(rows.filter(({ revoked_at }) => revoked_at === null)).toEqual([])
    // All of them were in the feed when the revocation was acknowledged.
    expect(sequence).toBe(minted + 1)
    expect(await assertChained(parts)).toBe(sequence)
    await other.close()
  })

  it('drops from its front what has expired an hour ago, and can still be checked', async () => {
    await revoke(parts, { revocationId: block(1) }, act)
    parts.clock.now += 10
    await revoke(parts, { revocationId: block(2) }, act)
    await revoke(parts, { revocationId: block(3) }, act)
    const { head: before } = await readFeed(parts)

    parts.clock.now = NOW + 86_400 + 3600 - 1
    expect(await pruneFeed(parts)).toBe(0)
    parts.clock.now += 1
    expect(await pruneFeed(parts)).toBe(1)
    const { entries, head } = await readFeed(parts)
    expect(entries.map(({ sequence }) => sequence)).toEqual([2, 3])
    expect(head).toMatchObject({ sequence: 3, hash: before.hash, baseSequence: 1 })
    expect(await assertChained(parts)).toBe(3)

    parts.clock.now += 10
    expect(await pruneFeed(parts)).toBe(2)
    expect(await feedHead(parts)).toMatchObject({
      sequence: 3,
      hash: before.hash,
      baseSequence: 3,
      baseHash: before.hash,
    })
    expect(await pruneFeed(parts)).toBe(0)
    await revoke(parts, { revocationId: block(4) }, act)
    expect(await assertChained(parts)).toBe(4)
  })

  it('keeps what has expired behind something that has not', async () => {
    const { identity } = await mintIdentityFor(parts, { subject: 'agent:alice', expiresIn: 60 })
    await revoke(parts, { actorPrefix: 'agent:bob' }, act)
    await revoke(parts, { revocationId: revocationIds(identity)[0] as string }, act)
    parts.clock.now += 2 * 3600
    expect(await pruneFeed(parts)).toBe(0)
    expect((await readFeed(parts)).entries).toHaveLength(2)
  })

  it('is pruned by two processes at once, and revoked meanwhile', async () => {
    const other = await openParts(database.location, masterKey)
    for (let number = 0; number < 5; number++) await revoke(parts, { revocationId: block(number) }, act)
    const time = NOW + 2 * 86_400
    parts.clock.now = time
    other.clock.now = time
    const [mine, , others] = await Promise.all([
      pruneFeed(parts),
      revoke(other, { revocationId: block(9) }, act),
      pruneFeed(other),
    ])
    expect(mine + others).toBe(5)
    expect(await assertChained(other)).toBe(6)
    await other.close()
  })
})
