import { delegateIdentity, type Keys, presentIdentity, revocationIds } from '@writ/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mintIdentityFor } from '../../src/enrol/mint-identity-for.ts'
import { refreshIdentity } from '../../src/enrol/refresh-identity.ts'
import { mintCapabilities } from '../../src/issue/mint-capabilities.ts'
import { endIdentity } from '../../src/revoke/end-identity.ts'
import { readFeed } from '../../src/revoke/read-feed.ts'
import { revoke } from '../../src/revoke/revoke.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { NOW, openParts, type TestParts } from './open-parts.ts'

const READ = { target: 'invoices', operation: 'read' }
const REFUSED = { code: 'refused_credential' }
const WRONG = { code: 'invalid_request', details: { member: 'names' } }

describe.each(await listDatabases())('ending an identity, database %#', (create) => {
  let database: TestDatabase
  let parts: TestParts
  let keys: Keys
  let alice: string

  beforeEach(async () => {
    database = await create()
    parts = await openParts(database.location)
    keys = (await parts.rules.current()).keys.root.publicKey
    alice = await identityOf('agent:alice')
  })

  afterEach(async () => {
    await parts.close()
    await database.remove()
  })

  const identityOf = async (subject: string) =>
    (await mintIdentityFor(parts, { subject, presentedIds: [], expiresIn: 3600 })).identity
  const delegate = (token: string, identity: string, more: object = {}) =>
    delegateIdentity(token, keys, { identity, now: parts.now, ...more })
  const mint = async (identity: string) => {
    const [answer] = await mintCapabilities(parts, { identity, requests: [READ] })
    return answer?.minted?.capability as string
  }
  const entries = async () =>
    (await readFeed(parts)).entries.map(({ type, value, expiresAt }) => [type, value, expiresAt])

  it('ends a delegated name until the identity ends, with what was minted for it and for names below it', async () => {
    const job = await delegate(alice, 'agent:alice:job')
    const step = await delegate(job, 'agent:alice:job:step')
    const other = await delegate(alice, 'agent:alice:jobs')
    const minted = [await mint(job), await mint(step)].map((token) => revocationIds(token)[0])
    const spared = await mint(other)
    expect(await endIdentity(parts, { identity: alice, names: ['agent:alice:job'] })).toEqual({ sequence: 3, added: 3 })
    const [name, ...tokens] = await entries()
    expect(name).toEqual(['actor', 'agent:alice:job', NOW + 3600])
    expect(new Set(tokens.map(([, value]) => value))).toEqual(new Set(minted))
    for (const ended of [job, step]) await expect(mint(ended)).rejects.toMatchObject(REFUSED)
    expect(await mint(other)).not.toBe(spared)
    expect(await mint(alice)).toBeTypeOf('string')
  })

  it('ends the identity with everything that came from it, refreshed or delegated', async () => {
    const job = await delegate(alice, 'agent:alice:job')
    const { identity: next } = await refreshIdentity(parts, { identity: alice })
    expect(await endIdentity(parts, { identity: alice })).toEqual({ sequence: 2, added: 2 })
    for (const ended of [alice, job, next]) {
      await expect(mint(ended)).rejects.toMatchObject(REFUSED)
      await expect(endIdentity(parts, { identity: ended })).rejects.toMatchObject(REFUSED)
    }
    expect(await mint(await identityOf('agent:alice'))).toBeTypeOf('string')
  })

  it('lets a job end itself and what it has delegated', async () => {
    const job = await delegate(alice, 'agent:alice:job')
    const step = await delegate(job, 'agent:alice:job:step')
    await endIdentity(parts, { identity: job, names: ['agent:alice:job:step'] })
    await expect(mint(step)).rejects.toMatchObject(REFUSED)
    expect(await mint(job)).toBeTypeOf('string')
    await endIdentity(parts, { identity: job })
    await expect(mint(job)).rejects.toMatchObject(REFUSED)
    expect(await mint(alice)).toBeTypeOf('string')
  })

  it.each([
    ['a sibling', 'agent:alice:other'],
    ['its parent', 'agent:alice'],
    ['a name that begins alike', 'agent:alice:jobs'],
    ['somebody else', 'agent:bob'],
    ['a name of another form', 'agent:alice:job:'],
  ])('refuses to end %s for a job, and ends nothing', async (_who, name) => {
    const job = await delegate(alice, 'agent:alice:job')
    await expect(endIdentity(parts, { identity: job, names: [`agent:alice:job`, name] })).rejects.toMatchObject(WRONG)
    expect(await entries()).toEqual([])
  })

  it('refuses a name below one that the bearer may not delegate', async () => {
    const job = await delegate(alice, 'agent:alice:job', { maxDepth: 0 })
    const below = { identity: job, names: ['agent:alice:job:step'] }
    await expect(endIdentity(parts, below)).rejects.toMatchObject(WRONG)
  })

  it('refuses the name of the subject, which is that of others too, and a copy for a few seconds', async () => {
    await expect(endIdentity(parts, { identity: alice, names: ['agent:alice'] })).rejects.toMatchObject(WRONG)
    const copy = await presentIdentity(alice, keys, { now: parts.now })
    await expect(endIdentity(parts, { identity: copy })).rejects.toMatchObject(WRONG)
    expect(await entries()).toEqual([])
  })

  it('refuses an identity that is revoked, has expired or is none', async () => {
    await revoke(parts, { revocationId: revocationIds(alice)[0] as string }, {})
    const names = ['agent:alice:job']
    for (const identity of [alice, 'nonsense']) {
      await expect(endIdentity(parts, { identity, names })).rejects.toMatchObject(REFUSED)
    }
    const late = await identityOf('agent:alice')
    parts.clock.now += 3600
    await expect(endIdentity(parts, { identity: late, names })).rejects.toMatchObject(REFUSED)
    expect(await entries()).toHaveLength(1)
  })

  it('changes nothing when it is repeated, and takes each name once', async () => {
    const names = ['agent:alice:a', 'agent:alice:b', 'agent:alice:a']
    expect(await endIdentity(parts, { identity: alice, names })).toEqual({ sequence: 2, added: 2 })
    expect(await endIdentity(parts, { identity: alice, names })).toEqual({ sequence: 2, added: 0 })
  })

  it('takes a hundred names at once, and no more', async () => {
    const names = Array.from({ length: 101 }, (_, n) => `agent:alice:job:${n}`)
    await expect(endIdentity(parts, { identity: alice, names })).rejects.toMatchObject(WRONG)
    await expect(endIdentity(parts, { identity: alice, names: [] })).rejects.toMatchObject(WRONG)
    expect(await endIdentity(parts, { identity: alice, names: names.slice(1) })).toMatchObject({ added: 100 })
  })

  it('lets nobody fill the feed: ten thousand names of a subject are ended at a time', async () => {
    const row = (n: number) => ({
      sequence: n,
      time_ms: NOW * 1000,
      type: 'actor' as const,
      value: `agent:alice:${n}`,
      issued_before: null,
      expires_at: NOW + 60,
      reason: null,
      hash: '',
    })
    await parts.store.transact(async (transaction) => {
      await transaction.lockHead()
      for (let start = 1; start < 10_000; start += 1000) {
        const rows = Array.from({ length: 1000 }, (_, n) => row(start + n)).filter(({ sequence }) => sequence < 10_000)
        await transaction.query.insertInto('revocations').values(rows).execute()
      }
      await transaction.updateHead({ feed_sequence: 9999 })
    })
    expect(await endIdentity(parts, { identity: alice, names: ['agent:alice:x'] })).toMatchObject({ added: 1 })
    const more = endIdentity(parts, { identity: alice, names: ['agent:alice:y'] })
    await expect(more).rejects.toMatchObject({ code: 'too_many_requests' })
    expect(await endIdentity(parts, { identity: alice })).toMatchObject({ added: 1 })
  })

  it('records who ended what, and who was refused', async () => {
    const job = await delegate(alice, 'agent:alice:job')
    await mint(job)
    await endIdentity(parts, { identity: alice, names: ['agent:alice:job'] })
    await endIdentity(parts, { identity: alice, names: ['agent:bob'] }).catch(() => undefined)
    const rows = await parts.store.read((query) =>
      query
        .selectFrom('audit')
        .select(['kind', 'decision', 'actor', 'subject'])
        .where('kind', 'in', ['token.revoked', 'actor.revoked'])
        .orderBy('sequence')
        .execute(),
    )
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['actor.revoked', 'allowed', 'agent:alice', 'agent:alice:job'],
      ['token.revoked', 'allowed', 'agent:alice', 'agent:alice:job'],
      ['actor.revoked', 'refused', 'agent:alice', 'agent:alice'],
    ])
  })
})
