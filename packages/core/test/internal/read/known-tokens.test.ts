import nodeCrypto from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  attenuate,
  delegateIdentity,
  type KeyResolver,
  mintCapability,
  mintIdentity,
  seal,
} from '../../../src/index.ts'
import { readToken, writeToken } from '../../support/forge/envelope.ts'
import { gateway, mallory, root } from '../../support/keys.ts'
import { expectRefused, NOW } from '../../support/verify.ts'

const now = () => NOW
const right = { subject: 'alice', resource: 'invoices', operation: 'read', now }
const narrowing = { designations: { tenantId: 'acme' }, now }

afterEach(() => {
  vi.restoreAllMocks()
})

/** Counts signatures that are verified from now on, to the end of the test. */
function countVerifications() {
  return vi.spyOn(nodeCrypto, 'verify')
}

describe('a token that was proven in this process', () => {
  it('a token that was proven once is attenuated again without a verification', async () => {
    const token = await mintCapability(right, root.privateKey)
    const verify = countVerifications()
    await attenuate(token, root.publicKey, narrowing)
    expect(verify).toHaveBeenCalledTimes(1)
    for (let count = 0; count < 3; count++) await attenuate(token, root.publicKey, narrowing)
    await seal(token, root.publicKey)
    expect(verify).toHaveBeenCalledTimes(1)
  })

  it('a known token is refused once its key is retired, and the resolver is asked each time', async () => {
    const token = await mintCapability(right, root.privateKey)
    let key: string | undefined = root.publicKey
    const keys = vi.fn<KeyResolver>(() => key)
    await attenuate(token, keys, narrowing)
    await attenuate(token, keys, narrowing)
    expect(keys).toHaveBeenCalledTimes(2)
    key = gateway.publicKey
    await expectRefused(attenuate(token, keys, narrowing), { code: 'invalid_signature' }, token)
    key = undefined
    await expectRefused(attenuate(token, keys, narrowing), { code: 'untrusted_key' }, token)
  })

  it('a known token is not known under another root key', async () => {
    const token = await mintCapability(right, root.privateKey)
    await attenuate(token, root.publicKey, narrowing)
    await expectRefused(attenuate(token, mallory.publicKey, narrowing), { code: 'invalid_signature' }, token)
    await expectRefused(attenuate(token, new Map([[1, root.publicKey]]), narrowing), { code: 'untrusted_key' }, token)
    await expect(attenuate(token, root.publicKey, narrowing)).resolves.toBeDefined()
  })

  it('a map of keys that changed between two calls is read again', async () => {
    const token = await mintCapability({ ...right, rootKeyId: 1 }, root.privateKey)
    const keys = new Map([[1, root.publicKey]])
    await attenuate(token, keys, narrowing)
    keys.set(1, gateway.publicKey)
    await expectRefused(attenuate(token, keys, narrowing), { code: 'invalid_signature' }, token)
  })

  it('a token of which only blocks are known is proven: with a block cut off it is refused', async () => {
    const token = await attenuate(await mintCapability(right, root.privateKey), root.publicKey, narrowing)
    await attenuate(token, root.publicKey, narrowing)
    const cut = writeToken({ ...readToken(token), blocks: [] })
    await expectRefused(attenuate(cut, root.publicKey, narrowing), { code: 'invalid_signature', block: 0 }, cut)
    const otherSecret = writeToken({ ...readToken(token), proof: { nextSecret: new Uint8Array(32).fill(7) } })
    await expectRefused(attenuate(otherSecret, root.publicKey, narrowing), { code: 'invalid_signature' }, otherSecret)
  })

  it('a refused token is refused again', async () => {
    const token = await mintCapability(right, mallory.privateKey)
    for (let count = 0; count < 2; count++) {
      await expectRefused(attenuate(token, root.publicKey, narrowing), { code: 'invalid_signature' }, token)
    }
  })

  it('as many tokens as anyone likes leave little behind, and the tokens in use stay known', async () => {
    const token = await mintCapability(right, root.privateKey)
    const verify = countVerifications()
    const others = await Promise.all(Array.from({ length: 100 }, () => mintCapability(right, root.privateKey)))
    for (const other of others) {
      await attenuate(token, root.publicKey, narrowing)
      await attenuate(other, root.publicKey, narrowing)
    }
    expect(verify).toHaveBeenCalledTimes(101)
    await attenuate(others[0] as string, root.publicKey, narrowing)
    expect(verify).toHaveBeenCalledTimes(102)
  })

  it('delegateIdentity verifies the signatures of its token once, and none of its result', async () => {
    const identity = await mintIdentity({ subject: 'agent:alice', delegatable: true, now }, root.privateKey)
    const verify = countVerifications()
    const delegated = await delegateIdentity(identity, root.publicKey, { identity: 'agent:alice:helper', now })
    expect(verify).toHaveBeenCalledTimes(1)
    expect(readToken(delegated).blocks).toHaveLength(1)
  })
})
