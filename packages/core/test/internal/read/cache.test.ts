import { p256 } from '@noble/curves/nist.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type CapabilityRequest,
  createContextVerifier,
  createIdentityVerifier,
  createRevocationList,
  createUseLedger,
  mintCapability,
  mintContext,
  mintIdentity,
  revocationIds,
} from '../../../src/index.ts'
import { narrowed, now, signaturesOf, tenant, verifierWith } from '../../support/counted.ts'
import { capabilityBlock, designationCheck } from '../../support/forge/datalog.ts'
import { readToken, writeToken } from '../../support/forge/envelope.ts'
import { appendBlock, sealToken } from '../../support/forge/forge.ts'
import { gateway, mallory, root, rootP256 } from '../../support/keys.ts'
import { capability, codeOf, expectRefused, NOW, READ_ACME, READ_INVOICES } from '../../support/verify.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a token that is presented again', () => {
  it('a token that was accepted costs no signature the second time', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant])
    expect(await signaturesOf(() => verifier.verify(token, READ_ACME))).toBe(2)
    expect(await signaturesOf(() => verifier.verify(token, READ_ACME))).toBe(0)
  })

  it('with `cache: false` every presentation costs its signatures', async () => {
    const verifier = verifierWith({ cache: false })
    const token = capability()
    for (const _ of [1, 2]) expect(await signaturesOf(() => verifier.verify(token, READ_INVOICES))).toBe(1)
  })

  it('identities and contexts that were accepted cost no signature the second time', async () => {
    const identity = await mintIdentity({ subject: 'agent:alice', now }, root.privateKey)
    const context = await mintContext({ subject: 'agent:alice', exposures: ['pii'], now }, root.privateKey)
    const reader = { keys: root.publicKey, now }
    for (const [verifier, token] of [
      [createIdentityVerifier(reader), identity],
      [createContextVerifier(reader), context],
    ] as const) {
      const first = await verifier.verify(token)
      expect(await signaturesOf(async () => expect(await verifier.verify(token)).toEqual(first))).toBe(0)
    }
  })

  it('a remembered token is refused for another request with the same code as a new one', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant])
    await verifier.verify(token, READ_ACME)
    const requests: readonly CapabilityRequest[] = [
      { ...READ_ACME, resource: 'orders' },
      { ...READ_ACME, operation: 'write' },
      { ...READ_ACME, subject: 'mallory' },
      { ...READ_ACME, designations: { tenantId: 'globex' } },
      { ...READ_ACME, designations: { tenantId: 'acme', id: '7' } },
      READ_INVOICES,
    ]
    for (const request of requests) {
      const fresh = await codeOf(verifierWith({ cache: false }).verify(token, request))
      expect(await codeOf(verifier.verify(token, request))).toBe(fresh)
    }
  })
})

describe('what is decided every time', () => {
  it('a retired key is refused at once, also for a token that was accepted with it', async () => {
    let key: string | undefined = root.publicKey
    const verifier = verifierWith({ keys: () => key })
    const token = capability()
    await verifier.verify(token, READ_INVOICES)
    key = undefined
    await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'untrusted_key' })
  })

  it('a key that was replaced is refused at once, also for a token that was accepted with it', async () => {
    let key = root.publicKey
    const verifier = verifierWith({ keys: () => key })
    const [token, other] = [capability(), capability(capabilityBlock(), [], { root: mallory.privateKey })]
    await verifier.verify(token, READ_INVOICES)
    key = mallory.publicKey
    await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'invalid_signature' })
    await expectRefused(verifier.verify(appendBlock(token, tenant), READ_ACME), { code: 'invalid_signature' })
    await verifier.verify(other, READ_INVOICES)
    key = root.publicKey
    await expectRefused(verifier.verify(other, READ_INVOICES), { code: 'invalid_signature' })
    expect(await signaturesOf(() => verifier.verify(token, READ_INVOICES))).toBeLessThanOrEqual(1)
  })

  it('a key in a map is chosen by the root key id, also for a token that was accepted under another id', async () => {
    const keys = new Map<number, string>([
      [1, root.publicKey],
      [2, mallory.publicKey],
    ])
    const verifier = verifierWith({ keys })
    const token = capability(capabilityBlock(), [], { rootKeyId: 1 })
    await verifier.verify(token, READ_INVOICES)
    // Nobody signs the id, so anyone can change it.
    const renumbered = writeToken({ ...readToken(token), rootKeyId: 2 })
    await expectRefused(verifier.verify(renumbered, READ_INVOICES), { code: 'invalid_signature' })
    await expectRefused(verifier.verify(writeToken({ ...readToken(token), rootKeyId: 3 }), READ_INVOICES), {
      code: 'untrusted_key',
    })
  })

  it('a token that is revoked after it was accepted is refused', async () => {
    const revocation = createRevocationList()
    const verifier = verifierWith({ revocation })
    const token = capability(capabilityBlock(), [tenant])
    await verifier.verify(token, READ_ACME)
    revocation.revoke(revocationIds(token)[1] as string)
    await expectRefused(verifier.verify(token, READ_ACME), { code: 'revoked' })
    expect(await codeOf(verifier.verify(appendBlock(token, {}), READ_ACME))).toBe('revoked')
  })

  it('a token on P-256 that is revoked by the other encoding of its signature is refused after it was accepted', async () => {
    let revoked: string | undefined
    const seen: string[][] = []
    const revocation = {
      isRevoked: (ids: readonly string[]) => {
        seen.push([...ids])
        return ids.some((id) => id === revoked)
      },
    }
    const verifier = verifierWith({ keys: rootP256.publicKey, revocation })
    const token = capability(capabilityBlock(), [], { root: rootP256.privateKey })
    await verifier.verify(token, READ_INVOICES)
    const twin = seen[0]?.find((id) => !revocationIds(token).includes(id))
    expect(twin).toBeDefined()
    revoked = twin
    await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'revoked' })
    expect(seen[1]).toEqual(seen[0])
  })

  it('a token that expires after it was accepted is refused', async () => {
    let time = NOW
    const verifier = verifierWith({ now: () => time })
    const token = capability(capabilityBlock({ expiration: NOW + 10 }))
    await verifier.verify(token, READ_INVOICES)
    time = NOW + 10
    await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'expired' })
  })

  it('a clock that fails after a token was accepted makes the answer unavailable', async () => {
    let time = NOW
    const verifier = verifierWith({ now: () => time })
    const token = capability()
    await verifier.verify(token, READ_INVOICES)
    time = Number.NaN
    await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'unavailable' })
  })

  it('a single use is spent in the ledger, also of a token that was accepted before', async () => {
    const singleUse = createUseLedger({ now })
    const right = { subject: 'alice', resource: 'invoices', operation: 'read', singleUse, now }
    const token = await mintCapability(right, root.privateKey)
    const verifier = verifierWith({ singleUse })
    await verifier.verify(token, READ_INVOICES)
    await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'already_used' })
  })

  it('of a hundred simultaneous requests with one single-use capability one passes', async () => {
    const singleUse = createUseLedger({ now })
    const right = { subject: 'alice', resource: 'invoices', operation: 'read', singleUse, now }
    const token = await mintCapability(right, root.privateKey)
    const verifier = verifierWith({ singleUse })
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => verifier.verify(token, READ_INVOICES)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('blocks that are proven already', () => {
  it('a new attenuation of an accepted token costs one signature', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant, tenant, tenant])
    await verifier.verify(token, READ_ACME)
    const longer = appendBlock(token, { checks: [designationCheck('tenantId', 'acme'), designationCheck('id', '7')] })
    const request = { ...READ_INVOICES, designations: { tenantId: 'acme', id: '7' } }
    expect(await signaturesOf(() => verifier.verify(longer, request))).toBe(1)
  })

  it('what a new attenuation demands is read with the symbols of the blocks before it', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [{ checks: [designationCheck('region', 'eu')] }])
    const request = { ...READ_INVOICES, designations: { region: 'eu', id: '7' } }
    await codeOf(verifier.verify(token, request))
    await verifier.verify(token, { ...READ_INVOICES, designations: { region: 'eu' } })
    const [seven, eight] = [narrowed(token, 7), narrowed(token, 8)]
    for (const each of [seven, narrowed(seven, 7)]) {
      expect(await verifier.verify(each, request)).toMatchObject({ designations: { region: 'eu', id: '7' } })
    }
    await expectRefused(verifier.verify(eight, request), { code: 'wrong_designation', block: 2 })
  })

  it('an accepted token with its last block cut off is refused', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant])
    await verifier.verify(token, READ_ACME)
    const cut = writeToken({ ...readToken(token), blocks: [] })
    await expectRefused(verifier.verify(cut, READ_INVOICES), { code: 'invalid_signature' })
  })

  it('an accepted token without its last block, and with the secret of another one, is refused', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant])
    await verifier.verify(token, READ_ACME)
    const { proof } = readToken(capability({ ...capabilityBlock(), signing: { nextKey: mallory.privateKey } }))
    const cut = writeToken({ ...readToken(token), blocks: [], proof })
    await expectRefused(verifier.verify(cut, READ_INVOICES), { code: 'invalid_signature' })
    const same = writeToken({ ...readToken(token), proof })
    await expectRefused(verifier.verify(same, READ_ACME), { code: 'invalid_signature' })
  })

  it('the sealed copy of an accepted token is accepted, and with another seal refused', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant])
    await verifier.verify(token, READ_ACME)
    const sealed = sealToken(token)
    expect(await signaturesOf(() => verifier.verify(sealed, READ_ACME))).toBe(1)
    const forged = sealToken(token, () => new Uint8Array(64).fill(7))
    await expectRefused(verifier.verify(forged, READ_ACME), { code: 'invalid_signature' })
    const cut = writeToken({ ...readToken(sealed), blocks: [] })
    await expectRefused(verifier.verify(cut, READ_INVOICES), { code: 'invalid_signature' })
  })

  it('a block of an accepted token with any other byte is verified anew', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant])
    await verifier.verify(token, READ_ACME)
    const whole = readToken(token)
    const [block] = whole.blocks
    if (block === undefined) throw new Error('the token has two blocks')
    const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte))
    const others = [
      { ...block, block: flip(block.block) },
      { ...block, signature: flip(block.signature) },
      { ...block, nextKey: { ...block.nextKey, key: flip(block.nextKey.key) } },
      { ...block, version: block.version === 1 ? 0 : 1 },
    ]
    for (const other of others) {
      const code = await codeOf(verifier.verify(writeToken({ ...whole, blocks: [other] }), READ_ACME))
      expect(['invalid_signature', 'malformed_token']).toContain(code)
    }
  })

  it("a third party's word in an accepted token with any other byte is verified anew", async () => {
    const verifier = verifierWith()
    const word = { ...tenant, signing: { external: gateway.privateKey } }
    const token = capability(capabilityBlock(), [word])
    await verifier.verify(token, READ_ACME)
    const whole = readToken(token)
    const [block] = whole.blocks
    const external = block?.external
    if (block === undefined || external === undefined) throw new Error('the second block has two signatures')
    const { publicKey } =
      readToken(capability(capabilityBlock(), [{ ...word, signing: { external: mallory.privateKey } }])).blocks[0]
        ?.external ?? external
    for (const other of [
      { ...external, publicKey },
      { ...external, signature: external.signature.map((byte, index) => (index === 40 ? byte ^ 1 : byte)) },
    ]) {
      const changed = writeToken({ ...whole, blocks: [{ ...block, external: other }] })
      await expectRefused(verifier.verify(changed, READ_ACME), { code: 'invalid_signature' })
    }
  })

  it('the re-encoded signature of an accepted token is verified anew, and is revoked with the first', async () => {
    const revocation = createRevocationList()
    const verifier = verifierWith({ keys: rootP256.publicKey, revocation })
    const low = capability(capabilityBlock(), [], { root: rootP256.privateKey })
    const whole = readToken(low)
    const { r, s } = p256.Signature.fromBytes(whole.authority.signature, 'der')
    const signature = new p256.Signature(r, p256.Point.Fn.ORDER - s).toBytes('der')
    const high = writeToken({ ...whole, authority: { ...whole.authority, signature } })
    await verifier.verify(low, READ_INVOICES)
    expect(await signaturesOf(() => verifier.verify(high, READ_INVOICES))).toBe(1)
    revocation.revoke(revocationIds(low)[0] as string)
    for (const token of [low, high]) await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'revoked' })
  })

  it('the block of one accepted token is not proven behind another', async () => {
    const verifier = verifierWith()
    const orders = { ...capabilityBlock({ resource: 'orders' }), signing: { nextKey: mallory.privateKey } }
    const [first, second] = [capability(capabilityBlock(), [tenant]), capability(orders)]
    await verifier.verify(first, READ_ACME)
    await verifier.verify(second, { resource: 'orders', operation: 'read' })
    const moved = writeToken({ ...readToken(first), authority: readToken(second).authority })
    const request = { ...READ_ACME, resource: 'orders' }
    await expectRefused(verifier.verify(moved, request), { code: 'invalid_signature' })
  })
})
