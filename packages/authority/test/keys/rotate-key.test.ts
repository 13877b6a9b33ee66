import { createVerifier, mintCapability } from '@writ/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isCertified } from '../../src/keys/certify.ts'
import { describeKeys } from '../../src/keys/describe-keys.ts'
import type { KeyProvider, KeyPurpose } from '../../src/keys/key-provider.ts'
import type { KeySet, SigningKey } from '../../src/keys/key-set.ts'
import { rotateKey } from '../../src/keys/rotate-key.ts'
import { listDatabases } from '../store/open-databases.ts'
import { createKeyStore, type KeyStore } from './key-store.ts'

const NOW = 1_800_000_000
const DAY = 86_400
const RIGHT = { resource: 'invoices', operation: 'read' }

describe.each(await listDatabases())('a rotation, database %#', (create) => {
  let keys: KeyStore

  beforeAll(async () => {
    keys = await createKeyStore(create, NOW)
  })

  beforeEach(() => keys.reset())

  afterAll(() => keys.remove())

  const rotate = (purpose: KeyPurpose, now = NOW, actor?: string, provider: KeyProvider = keys.provider) =>
    keys.store.transact((transaction) => rotateKey(transaction, provider, { purpose }, now, actor))
  const states = async (now = NOW) =>
    describeKeys(await keys.load(now)).map(({ id, purpose, state, certifiedBy }) => [id, purpose, state, certifiedBy])
  const rowsOf = () => keys.store.read((query) => query.selectFrom('keys').selectAll().orderBy('id').execute())

  it('of the root key lets the next one sign, which certifies a new one and the keys of feed and audit', async () => {
    expect(await rotate('root')).toEqual({ purpose: 'root', active: 2, retired: 1, next: 5 })
    expect(await states()).toEqual([
      [1, 'root', 'retired', null],
      [2, 'root', 'active', 1],
      [5, 'root', 'next', 2],
      [3, 'feed', 'active', 2],
      [4, 'audit', 'active', 2],
    ])
  })

  it.each(['feed', 'audit'] as const)('of the %s key makes a new one, certified by the root key', async (purpose) => {
    const old = purpose === 'feed' ? 3 : 4
    expect(await rotate(purpose)).toEqual({ purpose, active: 5, retired: old })
    const set = await keys.load(NOW)
    expect(set[purpose]).toMatchObject({ id: 5, state: 'active', certifiedBy: 1 })
    const { id, publicKey, certificate } = set[purpose]
    expect(isCertified({ id, purpose, publicKey }, certificate ?? '', set.root)).toBe(true)
    expect(describeKeys(set).map((key) => key.id)).not.toContain(old)
  })

  it('leaves tokens of the old key valid until they expire', async () => {
    const before = await keys.load(NOW)
    const token = await mint(before.root, NOW, 3600)
    await rotate('root', NOW + 10)
    const after = await keys.load(NOW + 10)
    const fresh = await mint(after.root, NOW + 10, 3600)
    expect(after.root.id).toBe(2)
    await expect(verify(after, token, NOW + 3599)).resolves.toMatchObject({ subject: 'alice' })
    await expect(verify(after, fresh, NOW + 3599)).resolves.toMatchObject({ subject: 'alice' })
    await expect(verify(after, token, NOW + 3601)).rejects.toMatchObject({ code: 'expired' })
    expect(after.signerOf(1)?.publicKey).toBe(before.root.publicKey)
  })

  it('is known before: a verifier that has not looked since accepts what the next key signs', async () => {
    const before = await keys.load(NOW)
    await rotate('root', NOW + 10)
    const fresh = await mint((await keys.load(NOW + 10)).root, NOW + 10, 60)
    await expect(verify(before, fresh, NOW + 20)).resolves.toMatchObject({ subject: 'alice' })
  })

  it('keeps the retired key published for a day, and its private part no longer', async () => {
    await rotate('root', NOW)
    expect((await keys.load(NOW + DAY - 1)).signerOf(1)).toBeDefined()
    const later = await keys.load(NOW + DAY)
    expect(later.roots.map((key) => key.id)).toEqual([2, 5])
    expect(later.signerOf(1)).toBeUndefined()

    await rotate('root', NOW + DAY)
    const [first, second] = await rowsOf()
    expect(first?.sealed).toBe('')
    expect(second?.sealed).not.toBe('')
    await keys.load(NOW + DAY)
  })

  it('leaves no private part of a retired feed key', async () => {
    await rotate('feed')
    expect((await rowsOf())[2]).toMatchObject({ id: 3, state: 'retired', retired_at: NOW, sealed: '' })
  })

  it('happens exactly once a call, by two processes at once', async () => {
    const calls = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? keys.store : keys.other).transact((transaction) =>
        rotateKey(transaction, keys.provider, { purpose: index % 5 === 4 ? 'feed' : 'root' }, NOW),
      ),
    )
    const rotations = await Promise.all(calls)
    const roots = rotations.filter(({ purpose }) => purpose === 'root')
    const retired = roots.map((rotation) => rotation.retired).sort((a, b) => a - b)
    const activated = roots.map((rotation) => rotation.active).sort((a, b) => a - b)
    expect(new Set(retired).size).toBe(8)
    expect(activated.slice(0, -1)).toEqual(retired.slice(1))
    const rows = await rowsOf()
    expect(rows).toHaveLength(14)
    for (const purpose of ['root', 'feed', 'audit'] as const) {
      expect(rows.filter((row) => row.purpose === purpose && row.state === 'active')).toHaveLength(1)
    }
    expect(rows.filter((row) => row.state === 'next')).toHaveLength(1)
    expect((await keys.load(NOW)).root.id).toBe(activated.at(-1))
    const head = await keys.store.read((query) => query.selectFrom('head').selectAll().executeTakeFirstOrThrow())
    expect(head.rules_epoch).toBe(11)
  })

  it('is recorded with who asked for it', async () => {
    await rotate('root', NOW + 5, 'alice')
    const records = await keys.store.read((query) =>
      query.selectFrom('audit').selectAll().where('actor', '=', 'alice').orderBy('sequence').execute(),
    )
    expect(records.map(({ kind, detail }) => [kind, JSON.parse(detail).keyId])).toEqual([
      ['key.retired', 1],
      ['key.activated', 2],
      ['key.created', 5],
    ])
  })

  it('changes nothing when the next key cannot be opened', async () => {
    const before = await rowsOf()
    const failing: KeyProvider = {
      ...keys.provider,
      open(key) {
        if (key.publicKey === before[1]?.public_key) throw new Error('the device is away')
        return keys.provider.open(key)
      },
    }
    await expect(rotate('root', NOW, 'alice', failing)).rejects.toMatchObject({ name: 'KeyError', keyId: 2 })
    expect((await rowsOf()).map((row) => ({ ...row }))).toEqual(before.map((row) => ({ ...row })))
  })

  it('does not let a key sign that somebody has put in the place of the next one', async () => {
    const { publicKey: public_key, sealed } = await keys.provider.create('feed')
    await keys.store.transact(({ query }) => query.updateTable('keys').set({ sealed }).where('id', '=', 2).execute())
    await expect(rotate('root')).rejects.toMatchObject({ keyId: 2 })
    expect(public_key).toBeDefined()
  })

  it('is followed by a client that trusts the first root key alone', async () => {
    const first = (await keys.load(NOW)).root
    await rotate('root', NOW)
    await rotate('root', NOW + 60)
    const document = describeKeys(await keys.load(NOW + 60))
    const trusted = new Map([[first.id, first.publicKey]])
    for (const key of document) {
      const certifier = key.certifiedBy ?? 0
      const publicKey = trusted.get(certifier)
      if (publicKey === undefined || !isCertified(key, key.certificate ?? '', { id: certifier, publicKey })) continue
      if (key.purpose === 'root') trusted.set(key.id, key.publicKey)
    }
    expect([...trusted.keys()]).toEqual([1, 2, 5, 6])
  })
})

function mint(root: SigningKey, now: number, expiresIn: number): Promise<string> {
  const right = { subject: 'alice', ...RIGHT, anchor: 'service:billing' }
  return mintCapability({ ...right, expiresIn, rootKeyId: root.id, now: () => now }, root.signer)
}

function verify({ roots }: KeySet, token: string, now: number) {
  const keys = new Map(roots.map(({ id, publicKey }) => [id, publicKey]))
  return createVerifier({ keys, anchor: 'service:billing', now: () => now }).verify(token, RIGHT)
}
