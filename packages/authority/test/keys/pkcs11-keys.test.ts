import { createVerifier, inspect } from '@writ/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pkcs11Keys } from '../../src/keys/pkcs11/create-pkcs11-keys.ts'
import { serveTest } from '../http/support/serve.ts'
import { compilePkcs11, createDevice, findSoftHsm, PIN, TOKEN } from './support/software-device.ts'

const library = findSoftHsm()

/** They are compiled and made in each run. */
describe.skipIf(library === undefined)('keys in a device (needs softhsm2 and g++)', () => {
  let create: typeof import('../../src/keys/pkcs11/create-pkcs11-keys.ts').createPkcs11Keys
  let keys: Pkcs11Keys
  let device: ReturnType<typeof createDevice>

  beforeAll(async () => {
    compilePkcs11()
    device = createDevice()
    create = (await import('../../src/keys/pkcs11/create-pkcs11-keys.ts')).createPkcs11Keys
    keys = create({ library: library as string, token: TOKEN, pin: PIN })
  }, 60_000)

  afterAll(async () => {
    await keys.close()
    device.remove()
  })

  it('mint for an authority, and are rotated, without ever leaving it', async () => {
    const { ask, authority, identityOf, adminFor } = await serveTest({ keyProvider: keys })
    const identity = await identityOf('service:gateway')
    const mint = async () => {
      const body = { target: 'invoices', operation: 'read' }
      return (await ask('POST', '/v1/capabilities', { token: identity, body })).body.capability
    }
    const before = await mint()
    const verifier = createVerifier({ keys: new Map([[1, await authority.publicKey()]]), anchor: null })
    expect(await verifier.verify(before, { resource: 'invoices', operation: 'read' })).toMatchObject({
      subject: 'service:gateway',
    })
    const rotated = await ask('POST', '/v1/keys/rotate', {
      token: await adminFor('authority.keys', 'rotate'),
      body: {},
    })
    expect(rotated.status).toBe(200)
    expect((await inspect(await mint())).rootKeyId).toBe(2)
  })

  it('are found by their id and their purpose alone', async () => {
    const root = await keys.create('root')
    const signer = await keys.open({ ...root, purpose: 'root' })
    expect(await signer.sign(Buffer.from('acme'))).toHaveLength(64)
    await expect(keys.open({ ...root, purpose: 'audit' })).rejects.toThrow('the device does not have this key')
    await expect(keys.open({ ...root, purpose: 'root', sealed: '00'.repeat(16) })).rejects.toThrow(
      'the device does not have this key',
    )
    await expect(keys.open({ ...root, purpose: 'root', sealed: 'nonsense' })).rejects.toThrow('this is no id of a key')
  })

  it('need the right token', async () => {
    const other = create({ library: library as string, token: 'globex', pin: PIN })
    await expect(other.create('root')).rejects.toThrow('the device has no token globex')
  })
})
