import { delegateIdentity, revocationIds } from '@writ/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEnrolment } from '../../src/enrol/create-enrolment.ts'
import { mintIdentityFor } from '../../src/enrol/mint-identity-for.ts'
import { assertNotRevoked } from '../../src/revoke/assert-not-revoked.ts'
import { findLineage } from '../../src/revoke/find-lineage.ts'
import { readFeed } from '../../src/revoke/read-feed.ts'
import type { RevocationRequest } from '../../src/revoke/revocation-request.ts'
import { revoke } from '../../src/revoke/revoke.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { NOW, openParts, type TestParts } from './open-parts.ts'

const DAY = 86_400
const act = { actor: 'admin', reason: 'leaked' }

describe.each(await listDatabases())('revoke, database %#', (create) => {
  let database: TestDatabase
  let parts: TestParts

  beforeEach(async () => {
    database = await create()
    parts = await openParts(database.location)
  })

  afterEach(async () => {
    await parts.close()
    await database.remove()
  })

  const mint = (subject: string, parentId?: string, expiresIn = 3600) =>
    mintIdentityFor(parts, {
      subject,
      presentedIds: parentId === undefined ? [] : [parentId],
      expiresIn,
      actor: subject,
    })

  /** The revocation id of a new identity. */
  const mintId = async (subject: string, parentId?: string, expiresIn?: number) =>
    revocationIds((await mint(subject, parentId, expiresIn)).identity)[0] as string

  const entries = async () =>
    (await readFeed(parts)).entries.map(({ type, value, expiresAt }) => [type, value, expiresAt])
  const isRefused = (ids: readonly string[], name?: string) =>
    parts.store
      .transact((transaction) => assertNotRevoked(transaction, { ids, name }))
      .then(
        () => false,
        (error) => error.code === 'refused_credential',
      )

  it('revokes a token until it expires, and nobody else', async () => {
    const [alice, bob] = [await mintId('agent:alice'), await mintId('agent:bob')]
    expect(await revoke(parts, { revocationId: alice.toUpperCase() }, act)).toEqual({ sequence: 1, added: 1 })
    expect(await entries()).toEqual([['token', alice, NOW + 3600]])
    expect(await isRefused([alice])).toBe(true)
    expect(await isRefused([bob])).toBe(false)
    await expect(mint('agent:alice', alice)).rejects.toMatchObject({ code: 'refused_credential', status: 401 })
  })

  it('takes along what was minted from a token, at any depth, and also past a parent that has expired', async () => {
    const root = await mintId('agent:alice', undefined, 60)
    const child = await mintId('agent:alice', root, 7200)
    const grandchild = await mintId('agent:alice:job', child, 7200)
    const sibling = await mintId('agent:alice')
    parts.clock.now += 2 * 3600
    expect(await revoke(parts, { revocationId: root }, act)).toEqual({ sequence: 2, added: 2 })
    const revoked = (await entries()).map(([, value]) => value)
    expect(new Set(revoked)).toEqual(new Set([child, grandchild]))
    expect(await isRefused([root])).toBe(true)
    expect(await isRefused([sibling])).toBe(false)
  })

  it('walks a lineage of a thousand generations, and one of two thousand children', async () => {
    const row = (id: string, parent: string | null) => ({
      id,
      parent,
      kind: 'capability' as const,
      subject: 'agent:alice',
      session_started_at: NOW,
      minted_at: NOW,
      expires_at: NOW + 60,
      key_id: 1,
      target: 'invoices',
      operation: 'read',
      revoked_at: null,
    })
    const id = (number: number) => number.toString(16).padStart(128, '0')
    const rows = Array.from({ length: 3000 }, (_, n) => row(id(n + 1), n === 0 ? null : id(Math.min(n, 1000))))
    await parts.store.transact(async ({ query }) => {
      for (let start = 0; start < rows.length; start += 1000)
        await query
          .insertInto('tokens')
          .values(rows.slice(start, start + 1000))
          .execute()
    })
    const { ancestors, descendants, more } = (await parts.store.read((query) => findLineage(query, id(1000))))!
    expect([ancestors.length, descendants.length, more]).toEqual([999, 1000, true])
    expect(ancestors[0]).toMatchObject({ id: id(999) })
    expect(await revoke(parts, { revocationId: id(1) }, act)).toEqual({ sequence: 3000, added: 3000 })
    const page = await readFeed(parts, { after: 2999 })
    expect([page.entries.length, page.more]).toEqual([1, false])
  })

  it('revokes the block of a holder, which was never minted here, for as long as any token lives', async () => {
    const { identity } = await mint('agent:alice')
    const key = parts.rules.current().then(({ keys }) => keys.root.publicKey)
    const job = await delegateIdentity(identity, await key, { identity: 'agent:alice:job', now: () => NOW })
    const [authority, block] = revocationIds(job) as [string, string]
    expect(await revoke(parts, { revocationId: block }, act)).toEqual({ sequence: 1, added: 1 })
    expect(await entries()).toEqual([['token', block, NOW + DAY]])
    expect(await isRefused([authority, block])).toBe(true)
    expect(await isRefused([authority])).toBe(false)
  })

  it('revokes by subject what was minted for a name and below it, and not for one that looks alike', async () => {
    const alice = await mintId('agent:alice')
    const job = await mintId('agent:alice:job')
    const alicia = await mintId('agent:alicia')
    expect(await revoke(parts, { subjectPrefix: 'agent:alice' }, act)).toMatchObject({ added: 2 })
    expect(await Promise.all([alice, job, alicia].map((id) => isRefused([id])))).toEqual([true, true, false])
    expect(await isRefused([await mintId('agent:alice')])).toBe(false)
  })

  it.each(['agent:alic_', 'agent:%', 'AGENT:ALICE', 'agent:alic'])(
    'takes the subject %s literally',
    async (subjectPrefix) => {
      const alice = await mintId('agent:alice')
      expect(await revoke(parts, { subjectPrefix }, act)).toEqual({ sequence: 0, added: 0 })
      expect(await isRefused([alice])).toBe(false)
    },
  )

  it('revokes by time of issue what was minted before, and what came from that', async () => {
    const before = await mintId('agent:alice')
    parts.clock.now += 10
    const [bob, child] = [await mintId('agent:bob'), await mintId('agent:alice:job', before)]
    expect(await revoke(parts, { issuedBefore: NOW + 10 }, act)).toMatchObject({ added: 2 })
    expect(await Promise.all([before, child, bob].map((id) => isRefused([id])))).toEqual([true, true, false])
    expect(await revoke(parts, { issuedBefore: NOW + 10, subjectPrefix: 'agent:bob' }, act)).toMatchObject({ added: 0 })
  })

  it('revokes a name for 24 hours: what was minted for it, and what is asked for under it', async () => {
    const [alice, job] = [await mintId('agent:alice'), await mintId('agent:alice:job')]
    expect(await revoke(parts, { actorPrefix: 'agent:alice:job' }, act)).toEqual({ sequence: 2, added: 2 })
    expect(await entries()).toEqual([
      ['actor', 'agent:alice:job', NOW + DAY],
      ['token', job, NOW + 3600],
    ])
    expect(await isRefused([alice], 'agent:alice')).toBe(false)
    expect(await isRefused([alice], 'agent:alice:jobs')).toBe(false)
    expect(await isRefused([alice], 'agent:alice:job')).toBe(true)
    expect(await isRefused([alice], 'agent:alice:job:night')).toBe(true)
    await expect(mint('agent:alice:job')).rejects.toMatchObject({ code: 'refused_credential' })
  })

  it('changes nothing when it is repeated, except that a name stays revoked for longer', async () => {
    const alice = await mintId('agent:alice')
    const requests = [{ revocationId: alice }, { revocationId: 'ab'.repeat(64) }, { actorPrefix: 'agent:bob' }]
    for (const request of requests) await revoke(parts, request, act)
    for (const request of requests) expect(await revoke(parts, request, act)).toEqual({ sequence: 3, added: 0 })
    parts.clock.now += 3600
    for (const request of requests) await revoke(parts, request, act)
    expect((await entries())[3]).toEqual(['actor', 'agent:bob', NOW + 3600 + DAY])
    expect(await entries()).toHaveLength(4)
  })

  it('a name that is revoked gets no secret, and another one does', async () => {
    const enrol = (subject: string) =>
      createEnrolment(parts, { subject }).then(
        () => 'enrolled',
        ({ details }) => details,
      )
    expect(await enrol('agent:alice')).toBe('enrolled')
    await revoke(parts, { actorPrefix: 'agent:alice' }, act)
    const refused = { step: 'enrolment', reason: 'revoked_subject' }
    expect([await enrol('agent:alice'), await enrol('agent:bob')]).toEqual([refused, 'enrolled'])
  })

  it('records who revoked what and why, and never more than that', async () => {
    const alice = await mintId('agent:alice')
    await revoke(parts, { revocationId: alice }, act)
    await revoke(parts, { actorPrefix: 'agent:bob' }, {})
    const rows = await parts.store.read((query) =>
      query.selectFrom('audit').selectAll().where('kind', 'in', ['token.revoked', 'actor.revoked']).execute(),
    )
    expect(rows.map(({ kind, actor, subject, revocation_id }) => [kind, actor, subject, revocation_id])).toEqual([
      ['token.revoked', 'admin', 'agent:alice', alice],
      ['actor.revoked', null, 'agent:bob', null],
    ])
    expect(JSON.parse(rows[0]!.detail)).toEqual({ sequence: 1, reason: 'leaked', asked: { type: 'token', id: alice } })
  })

  it.each([
    ['nothing', {}, 'request'],
    ['two things', { revocationId: 'ab'.repeat(64), actorPrefix: 'agent:bob' }, 'request'],
    ['an id and a subject', { revocationId: 'ab'.repeat(64), subjectPrefix: 'agent:bob' }, 'request'],
    ['an id of odd length', { revocationId: 'a'.repeat(127) }, 'revocationId'],
    ['an id that is no hex', { revocationId: 'xy'.repeat(64) }, 'revocationId'],
    ['an id of a megabyte', { revocationId: 'ab'.repeat(500_000) }, 'revocationId'],
    ['a short id', { revocationId: 'ab' }, 'revocationId'],
    ['an empty name', { actorPrefix: '' }, 'actorPrefix'],
    ['a name that ends in its separator', { subjectPrefix: 'agent:' }, 'subjectPrefix'],
    ['a name with a zero', { subjectPrefix: 'agent:\0' }, 'subjectPrefix'],
    ['a name before a time', { actorPrefix: 'agent:bob', issuedBefore: NOW }, 'issuedBefore'],
    ['a time to come', { issuedBefore: NOW + 1 }, 'issuedBefore'],
    ['half a second', { issuedBefore: 1.5 }, 'issuedBefore'],
    ['a member that it does not know', { subject: 'agent:bob' }, 'request'],
  ])('refuses %s, and revokes nothing', async (_name, request, member) => {
    const refusal = revoke(parts, request as RevocationRequest, act)
    await expect(refusal).rejects.toMatchObject({ code: 'invalid_request', details: { member } })
    expect(await entries()).toEqual([])
  })

  it.each(['\0', '\ud800', 'x'.repeat(501), 7])(
    'refuses the reason %j, which a database may change',
    async (reason) => {
      const refusal = revoke(parts, { actorPrefix: 'agent:bob' }, { reason: reason as string })
      await expect(refusal).rejects.toMatchObject({ code: 'invalid_request', details: { member: 'reason' } })
    },
  )

  it('knows no lineage of what was never minted', async () => {
    expect(await parts.store.read((query) => findLineage(query, 'ab'.repeat(64)))).toBeUndefined()
    const alice = await mintId('agent:alice')
    const lineage = await parts.store.read((query) => findLineage(query, alice))
    expect(lineage).toMatchObject({ token: { id: alice }, ancestors: [], descendants: [], more: false })
  })
})
