import { randomBytes } from 'node:crypto'
import { createVerifier, mintCapability } from '@writ/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isCertified } from '../../src/keys/certify.ts'
import { createFirstKeys } from '../../src/keys/create-first-keys.ts'
import { describeKeys } from '../../src/keys/describe-keys.ts'
import type { KeyProvider } from '../../src/keys/key-provider.ts'
import { loadKeySet } from '../../src/keys/load-key-set.ts'
import { createLocalKeys } from '../../src/keys/local/create-local-keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { KeyTable } from '../../src/store/tables.ts'
import { listDatabases } from '../store/open-databases.ts'
import { createKeyStore, type KeyStore } from './key-store.ts'

const NOW = 1_800_000_000

describe.each(await listDatabases())('the first keys, database %#', (create) => {
  let keyStore: KeyStore
  let store: Store
  let provider: KeyProvider

  beforeAll(async () => {
    keyStore = await createKeyStore(create, NOW)
    ;({ store, provider } = keyStore)
  })

  beforeEach(() => keyStore.reset())

  afterAll(() => keyStore.remove())

  const load = (keyProvider = provider) => store.read((query) => loadKeySet(query, keyProvider, NOW))
  const change = (id: number, values: Partial<KeyTable>) =>
    store.transact(({ query }) => query.updateTable('keys').set(values).where('id', '=', id).execute())
  const rowOf = (id: number) =>
    store.read((query) => query.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirstOrThrow())

  it('are a root key that signs, and by its certificate the next one, a feed key and an audit key', async () => {
    const keys = await load()
    const described = describeKeys(keys)
    expect(described.map(({ id, purpose, state, certifiedBy }) => [id, purpose, state, certifiedBy])).toEqual([
      [1, 'root', 'active', null],
      [2, 'root', 'next', 1],
      [3, 'feed', 'active', 1],
      [4, 'audit', 'active', 1],
    ])
    for (const key of described.slice(1)) expect(isCertified(key, key.certificate ?? '', keys.root)).toBe(true)
    expect(described[0]?.certificate).toBeNull()
    expect(Object.keys(described[0] ?? {})).toEqual([
      'id',
      'purpose',
      'state',
      'publicKey',
      'certifiedBy',
      'certificate',
    ])
  })

  it('mint what a verifier accepts', async () => {
    const { root } = await load()
    const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
    const token = await mintCapability(
      { ...right, anchor: 'service:billing', rootKeyId: root.id, now: () => NOW },
      root.signer,
    )
    const verifier = createVerifier({ keys: new Map([[1, root.publicKey]]), anchor: 'service:billing', now: () => NOW })
    await expect(verifier.verify(token, { resource: 'invoices', operation: 'read' })).resolves.toMatchObject({
      subject: 'alice',
    })
  })

  it('are made once, also by two processes at once', async () => {
    const fresh = await create()
    const stores = await Promise.all([openStore(fresh.location), openStore(fresh.location)])
    await Promise.all(stores.map((one) => one.transact((transaction) => createFirstKeys(transaction, provider, NOW))))
    const rows = await stores[0].read((query) => query.selectFrom('keys').select('id').execute())
    expect(rows).toHaveLength(4)
    const head = await stores[1].read((query) => query.selectFrom('head').selectAll().executeTakeFirstOrThrow())
    expect(head).toMatchObject({ rules_epoch: 1, audit_sequence: 7 })
    await Promise.all(stores.map((one) => one.close()))
    await fresh.remove()
  })

  it('are recorded, without what is secret', async () => {
    const rows = await store.read((query) => query.selectFrom('audit').selectAll().orderBy('sequence').execute())
    expect(rows.map(({ kind, detail }) => [kind, JSON.parse(detail).keyId])).toEqual([
      ['key.created', 1],
      ['key.activated', 1],
      ['key.created', 2],
      ['key.created', 3],
      ['key.activated', 3],
      ['key.created', 4],
      ['key.activated', 4],
    ])
    const { sealed } = await rowOf(1)
    expect(JSON.stringify(rows)).not.toContain(sealed)
  })

  it('have no private key in the clear', async () => {
    const rows = await store.read((query) => query.selectFrom('keys').selectAll().execute())
    for (const row of rows) expect(row.sealed).toMatch(/^v1\.[\w-]{80}$/)
    expect(new Set(rows.map((row) => row.sealed.slice(0, 19))).size).toBe(4)
  })

  it('cannot be opened by another master key: the error names the key', async () => {
    await expect(load(createLocalKeys({ masterKey: randomBytes(32) }))).rejects.toMatchObject({
      name: 'KeyError',
      keyId: 1,
      message: 'key 1: it cannot be opened: it was sealed under another master key, or was changed',
    })
  })

  it('cannot be opened by another provider', async () => {
    await expect(load({ ...provider, name: 'pkcs11' })).rejects.toThrow('key 1: it is kept by the key provider local')
  })

  it('are refused when the private parts of two rows were swapped', async () => {
    const [root, next] = await Promise.all([rowOf(1), rowOf(2)])
    await change(1, { sealed: next.sealed })
    await change(2, { sealed: root.sealed })
    await expect(load()).rejects.toMatchObject({ keyId: 1 })
  })

  it('are refused when a key serves for another purpose', async () => {
    await change(3, { state: 'retired', purpose: 'root', retired_at: NOW })
    await expect(load()).rejects.toMatchObject({ keyId: 3 })
  })

  it('are refused when the sealed part was cut, or changed in its nonce, its ciphertext or its tag', async () => {
    const { sealed } = await rowOf(4)
    const changed = [0, 1, 2, 3, 18, 19, 40, 61, 62, sealed.length - 1].map((at) => {
      const digit = sealed[at] === 'A' ? 'B' : 'A'
      return sealed.slice(0, at) + digit + sealed.slice(at + 1)
    })
    for (const text of ['', sealed.slice(0, -1), sealed.slice(0, -4), `${sealed}AAAA`, `${sealed}=`, ...changed]) {
      await change(4, { sealed: text })
      await expect(load()).rejects.toMatchObject({ name: 'KeyError', keyId: 4 })
    }
    await change(4, { sealed })
    await load()
  })

  it('are refused when somebody has added a retired root key of his own', async () => {
    const mallory = createLocalKeys({ masterKey: randomBytes(32) })
    const { publicKey: public_key, sealed } = await mallory.create('root')
    await store.transact(async ({ query }) => {
      const { certificate, ...row } = await query
        .selectFrom('keys')
        .selectAll()
        .where('id', '=', 1)
        .executeTakeFirstOrThrow()
      await query
        .insertInto('keys')
        .values({ ...row, id: 0, state: 'retired', retired_at: NOW, public_key, sealed, certificate })
        .execute()
    })
    await expect(load()).rejects.toMatchObject({ name: 'KeyError', keyId: 0 })
  })

  it('are refused when a certificate was changed or is missing', async () => {
    const { certificate } = await rowOf(3)
    for (const text of [null, '', certificate?.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) ?? '']) {
      await change(2, { certificate: text })
      await expect(load()).rejects.toThrow('key 2: its certificate is not by a root key of this authority')
    }
  })

  it('are refused when none is active', async () => {
    await change(4, { state: 'retired', retired_at: NOW })
    await expect(load()).rejects.toThrow('there is no active key for audit')
  })

  it('are never two of one purpose that sign', async () => {
    await expect(change(2, { state: 'active' })).rejects.toThrow()
  })
})

describe('a local key provider', () => {
  it.each([0, 16, 31, 33])('refuses a master key of %d bytes', (length) => {
    expect(() => createLocalKeys({ masterKey: randomBytes(length) })).toThrow('masterKey: must be 32 bytes')
  })

  it('keeps its own copy of the master key', async () => {
    const masterKey = randomBytes(32)
    const provider = createLocalKeys({ masterKey })
    const key = await provider.create('root')
    masterKey.fill(0)
    await expect(provider.open({ ...key, purpose: 'root' })).resolves.toMatchObject({ publicKey: key.publicKey })
  })
})
