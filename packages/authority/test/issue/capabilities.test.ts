import { createRevocationList, createVerifier, delegateIdentity, presentIdentity, revocationIds } from '@writ/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CapabilityRequest } from '../../src/issue/capability-request.ts'
import { mintCapabilities } from '../../src/issue/mint-capabilities.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { codeOf, identityOf, NOW, openAuthority, recordsOf, type TestAuthority } from '../support/open-authority.ts'

const READ: CapabilityRequest = {
  target: 'crm',
  operation: 'read',
  designations: { tenantId: 'acme' },
  anchor: 'service:crm',
}

describe.each(await listDatabases())('capabilities, database %#', (create) => {
  let database: TestDatabase
  let authority: TestAuthority
  let identity: string

  beforeAll(async () => {
    database = await create()
    authority = await openAuthority(database.location)
    identity = await identityOf(authority)
  })

  beforeEach(() => {
    authority.time = NOW
  })

  afterAll(async () => {
    await authority.close()
    await database.remove()
  })

  const mint = (token: string, ...requests: CapabilityRequest[]) =>
    mintCapabilities(authority, { identity: token, requests })
  const rowsOf = (id: string) =>
    authority.store.read((query) => query.selectFrom('tokens').selectAll().where('id', '=', id).execute())

  it('are minted for the bearer of an identity, with their lineage and their record', async () => {
    const [answer] = await mint(identity, READ)
    const { capability = '' } = answer?.minted ?? {}
    const { root } = (await authority.rules.current()).keys
    const verifier = createVerifier({
      keys: new Map([[root.id, root.publicKey]]),
      anchor: 'service:crm',
      now: () => NOW,
      revocation: createRevocationList(),
    })
    const proven = await verifier.verify(capability, {
      resource: 'crm',
      operation: 'read',
      designations: { tenantId: 'acme' },
    })
    expect(proven).toMatchObject({ subject: 'agent:alice', expiresAt: NOW + 300 })
    const [id] = revocationIds(capability)
    const [parent] = revocationIds(identity)
    expect(await rowsOf(id as string)).toMatchObject([
      { kind: 'capability', subject: 'agent:alice', parent, target: 'crm', operation: 'read', expires_at: NOW + 300 },
    ])
    expect((await recordsOf(authority)).at(-1)).toMatchObject({
      kind: 'capability.minted',
      decision: 'allowed',
      actor: 'agent:alice',
      resource: 'crm',
      operation: 'read',
      revocation_id: id,
      detail: { designations: { tenantId: 'acme' }, anchor: 'service:crm', parent, policyVersion: 1 },
    })
  })

  it('are answered one by one, in their order, and recorded in that order', async () => {
    const before = (await recordsOf(authority)).length
    const answers = await mint(
      identity,
      READ,
      { ...READ, operation: 'write' },
      { ...READ, expiresIn: 1.5 },
      { ...READ, target: '__proto__' },
      { ...READ, context: 'x' },
      READ,
    )
    expect(answers.map(({ minted, refused }) => refused?.code ?? minted?.target)).toEqual([
      'crm',
      'not_granted',
      'invalid_request',
      'not_granted',
      'wrong_context',
      'crm',
    ])
    const records = (await recordsOf(authority)).slice(before)
    expect(records.map(({ decision, detail }) => [decision, detail['code']])).toEqual([
      ['allowed', undefined],
      ['refused', 'not_granted'],
      ['refused', 'invalid_request'],
      ['refused', 'not_granted'],
      ['refused', 'wrong_context'],
      ['allowed', undefined],
    ])
  })

  it('end with the identity at the latest, also with a narrowed copy of it', async () => {
    const { publicKey } = (await authority.rules.current()).keys.root
    const copy = await presentIdentity(identity, publicKey, { expiresIn: 5, now: () => NOW })
    const [short] = await mint(copy, READ)
    expect(short?.minted?.expiresAt).toBe(NOW + 5)
    authority.time = NOW + 3590
    const [late] = await mint(identity, { ...READ, expiresIn: 3600 })
    expect(late?.minted?.expiresAt).toBe(NOW + 3600)
    authority.time = NOW + 3600
    expect(await codeOf(mint(identity, READ))).toBe('refused_credential')
  })

  it('are minted for the name that was delegated, with the identity that it comes from as the parent', async () => {
    const { publicKey } = (await authority.rules.current()).keys.root
    const job = await delegateIdentity(identity, publicKey, { identity: 'agent:alice:job', now: () => NOW })
    const [answer] = await mint(job, READ)
    expect(answer?.minted?.subject).toBe('agent:alice:job')
    const [id] = revocationIds(answer?.minted?.capability ?? '')
    expect(await rowsOf(id as string)).toMatchObject([
      { subject: 'agent:alice:job', parent: revocationIds(identity)[0] },
    ])
  })

  it('are refused to an identity with any revoked block, and to a name below one that is revoked', async () => {
    const own = await identityOf(authority)
    const { publicKey } = (await authority.rules.current()).keys.root
    const now = () => NOW
    const job = await delegateIdentity(own, publicKey, { identity: 'agent:alice:job', now })
    const task = await delegateIdentity(own, publicKey, { identity: 'agent:alice:task:one', now })
    const entries = [
      ['token', revocationIds(job)[1] as string],
      ['actor', 'agent:alice:task'],
    ] as const
    await authority.store.transact(({ query }) =>
      query
        .insertInto('revocations')
        .values(
          entries.map(([type, value], index) => ({
            sequence: index + 1,
            time_ms: NOW * 1000,
            type,
            value,
            issued_before: null,
            expires_at: NOW + 86_400,
            reason: null,
            hash: '',
          })),
        )
        .execute(),
    )
    expect(await codeOf(mint(job, READ))).toBe('refused_credential')
    expect(await codeOf(mint(task, READ))).toBe('refused_credential')
    expect(await mint(own, READ)).toMatchObject([{ minted: { target: 'crm' } }])
    await authority.store.transact(({ query }) =>
      query
        .updateTable('tokens')
        .set({ revoked_at: NOW })
        .where('id', '=', revocationIds(own)[0] as string)
        .execute(),
    )
    const before = await authority.store.read((query) => query.selectFrom('tokens').select('id').execute())
    expect(await codeOf(mint(own, READ))).toBe('refused_credential')
    const after = await authority.store.read((query) => query.selectFrom('tokens').select('id').execute())
    expect(after).toHaveLength(before.length)
  })

  it('are 1 to 100 at once', async () => {
    expect(await codeOf(mint(identity))).toBe('invalid_request')
    expect(await codeOf(mint(identity, ...Array.from({ length: 101 }, () => READ)))).toBe('invalid_request')
    const answers = await mint(identity, ...Array.from({ length: 100 }, () => READ))
    expect(answers.filter(({ minted }) => minted !== undefined)).toHaveLength(100)
  })

  it('are not minted by another kind of token', async () => {
    const [answer] = await mint(identity, READ)
    expect(await codeOf(mint(answer?.minted?.capability ?? '', READ))).toBe('refused_credential')
  })

  it('leave records that any database can store, whatever a caller asks for', async () => {
    const hostile = ['\0', '\ud800', 'x'.repeat(5000), "'; drop table audit; --"]
    const answers = await mint(identity, ...hostile.map((target) => ({ target, operation: target })))
    expect(new Set(answers.map(({ refused }) => refused?.code))).toEqual(new Set(['not_granted']))
    const records = (await recordsOf(authority)).slice(-hostile.length)
    expect(records.map(({ resource }) => resource)).toEqual(['\uFFFD', '\uFFFD', 'x'.repeat(256), hostile[3]])
  })
})
