import { delegateIdentity, generateKeyPair, mintIdentity, presentIdentity, revocationIds } from '@writ/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mintIdentityFor } from '../../src/enrol/mint-identity-for.ts'
import { refreshIdentity } from '../../src/enrol/refresh-identity.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { codeOf, identityOf, NOW, openAuthority, recordsOf, type TestAuthority } from '../support/open-authority.ts'

describe.each(await listDatabases())('identities, database %#', (create) => {
  let database: TestDatabase
  let authority: TestAuthority

  beforeAll(async () => {
    database = await create()
    authority = await openAuthority(database.location)
  })

  beforeEach(() => {
    authority.time = NOW
  })

  afterAll(async () => {
    await authority.close()
    await database.remove()
  })

  const rootKey = async () => (await authority.rules.current()).keys.root.publicKey
  const proofOf = async (token: string, identity?: string) =>
    (await authority.rules.current()).identities.verify(token, identity === undefined ? {} : { identity })
  const rowOf = (token: string) =>
    authority.store.read((query) =>
      query
        .selectFrom('tokens')
        .selectAll()
        .where('id', '=', revocationIds(token)[0] as string)
        .executeTakeFirstOrThrow(),
    )
  const revoke = (token: string) =>
    authority.store.transact(({ query }) =>
      query
        .updateTable('tokens')
        .set({ revoked_at: NOW })
        .where('id', '=', revocationIds(token)[0] as string)
        .execute(),
    )

  it('are refreshed: a new one with its own end, the old one as its parent', async () => {
    const identity = await identityOf(authority)
    authority.time += 3000
    const refreshed = await refreshIdentity(authority, { identity })
    expect(refreshed).toMatchObject({ subject: 'agent:alice', expiresAt: NOW + 6600 })
    expect(await rowOf(refreshed.identity)).toMatchObject({
      parent: revocationIds(identity)[0],
      session_started_at: NOW,
    })
    expect((await recordsOf(authority)).at(-1)).toMatchObject({ kind: 'identity.refreshed', actor: 'agent:alice' })
    await proofOf(identity)
  })

  it('are refreshed for 24 hours from the first one and not a second longer', async () => {
    let identity = await identityOf(authority)
    const end = NOW + 86_400
    while (authority.time + 3000 < end) {
      authority.time += 3000
      const refreshed = await refreshIdentity(authority, { identity })
      expect(refreshed.expiresAt).toBe(Math.min(authority.time + 3600, end))
      identity = refreshed.identity
    }
    authority.time = end - 1
    const last = await refreshIdentity(authority, { identity })
    expect(last.expiresAt).toBe(end)
    authority.time = end
    expect(await codeOf(refreshIdentity(authority, { identity: last.identity }))).toBe('refused_credential')
  })

  it('are not refreshed once narrowed, delegated or copied for a service', async () => {
    const identity = await identityOf(authority)
    const key = await rootKey()
    const now = () => NOW
    const delegated = await delegateIdentity(identity, key, { identity: 'agent:alice:job', now })
    const copy = await presentIdentity(identity, key, { expiresIn: 60, now })
    for (const token of [delegated, copy]) {
      const error = await refreshIdentity(authority, { identity: token }).catch((error) => error)
      expect([error.code, error.details]).toEqual(['not_refreshable', { reason: 'attenuated' }])
    }
    const anchored = await presentIdentity(identity, key, { anchor: 'service:billing', now })
    expect(await codeOf(refreshIdentity(authority, { identity: anchored }))).toBe('refused_credential')
    expect((await recordsOf(authority)).findLast(({ actor }) => actor === 'agent:alice:job')).toMatchObject({
      kind: 'identity.refreshed',
      decision: 'refused',
      detail: { code: 'not_refreshable' },
    })
  })

  it('are not refreshed once expired or revoked, nor if they are of another key or no identity at all', async () => {
    const revoked = await identityOf(authority)
    await revoke(revoked)
    const expired = await identityOf(authority)
    const { privateKey } = await generateKeyPair()
    const { id } = (await authority.rules.current()).keys.root
    const foreign = await mintIdentity({ subject: 'agent:alice', rootKeyId: id, now: () => NOW }, privateKey)
    for (const identity of [revoked, foreign, '', 'x', `${expired}x`]) {
      expect(await codeOf(refreshIdentity(authority, { identity }))).toBe('refused_credential')
    }
    authority.time += 3600
    expect(await codeOf(refreshIdentity(authority, { identity: expired }))).toBe('refused_credential')
  })

  it('are not refreshed if the authority has no record of them', async () => {
    const { signer, id } = (await authority.rules.current()).keys.root
    const identity = await mintIdentity({ subject: 'agent:alice', rootKeyId: id, now: () => NOW }, signer)
    const error = await refreshIdentity(authority, { identity }).catch((error) => error)
    expect([error.code, error.details]).toEqual(['not_refreshable', { reason: 'unknown' }])
  })

  it('do not become delegatable by a refresh', async () => {
    const plain = await mintIdentityFor(authority, { subject: 'agent:alice', delegatable: false })
    const { identity } = await refreshIdentity(authority, { identity: plain.identity })
    await expect(proofOf(identity, 'agent:alice:job')).rejects.toMatchObject({ code: 'wrong_subject' })
    const able = await refreshIdentity(authority, { identity: await identityOf(authority) })
    expect((await proofOf(able.identity, 'agent:alice:job')).identity).toBe('agent:alice:job')
  })

  it('are minted for a subject by what was presented, which is their parent', async () => {
    const presented = await identityOf(authority, 'admin')
    const parentId = revocationIds(presented)[0] as string
    const request = { subject: 'agent:bob', presentedIds: [parentId], actor: 'admin', expiresIn: 60 }
    const minted = await mintIdentityFor(authority, request)
    expect(minted).toMatchObject({ subject: 'agent:bob', expiresAt: NOW + 60 })
    expect(await rowOf(minted.identity)).toMatchObject({ parent: parentId })
    await revoke(presented)
    expect(await codeOf(mintIdentityFor(authority, request))).toBe('refused_credential')
    expect(await codeOf(mintIdentityFor(authority, { subject: 'mallory', actor: 'admin' }))).toBe(
      'subject unknown_subject',
    )
    expect((await recordsOf(authority)).at(-1)).toMatchObject({
      kind: 'identity.minted',
      decision: 'refused',
      actor: 'admin',
    })
  })

  it('are minted together with what runs alongside, or not at all', async () => {
    const before = (await recordsOf(authority)).length
    const once = (id: string) =>
      mintIdentityFor(authority, {
        subject: 'agent:bob',
        alongside: async ({ query }, time) => {
          await query
            .insertInto('assertions')
            .values({ id, expires_at: time + 60 })
            .execute()
          return [{ kind: 'assertion.exchanged', decision: 'allowed', subject: 'agent:bob' }]
        },
      })
    await once('one')
    await expect(once('one')).rejects.toThrow()
    const records = (await recordsOf(authority)).slice(before)
    expect(records.map(({ kind }) => kind)).toEqual(['assertion.exchanged', 'identity.minted'])
  })
})
