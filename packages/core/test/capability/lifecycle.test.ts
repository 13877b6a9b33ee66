import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activate, attenuate, attest, completeUse, inspect, mintCapability, seal } from '../../src/index.ts'
import { capabilityBlock, designationCheck, fact, pred, query, trusting, variable } from '../support/forge/datalog.ts'
import { type ExternalSignature, readToken, type SignedBlock, writeToken } from '../support/forge/envelope.ts'
import { appendBlock } from '../support/forge/forge.ts'
import type { BlockSpec } from '../support/forge/model.ts'
import { activator, activatorP256, gateway, mallory, root, rootP256 } from '../support/keys.ts'
import { runs } from '../support/runs.ts'
import { capability, expectRefused, NOW, READ_ACME, READ_INVOICES, verify } from '../support/verify.ts'

const now = () => NOW
const RIGHT = { subject: 'alice', resource: 'invoices', operation: 'read' }
const ANCHORED = { anchor: 'service:billing' }
const activation = fact('activation', NOW)
const facet = (value: string) => fact('designation', 'facet', value)

const CURVES = [
  { curve: 'Ed25519', authority: root, wakes: activator },
  { curve: 'P-256', authority: rootP256, wakes: activatorP256 },
]

describe.each(CURVES)('the life of a latent capability, on $curve', ({ authority, wakes }) => {
  const key = authority.publicKey
  const options = { keys: key, ...ANCHORED }
  const inert = () =>
    mintCapability({ ...RIGHT, ...ANCHORED, activator: wakes.publicKey, expiresIn: '30d', now }, authority.privateKey)
  const narrowed = async () => attenuate(await inert(), key, { designations: { tenantId: 'acme' } })
  const active = async (pin = 'one') =>
    activate(await narrowed(), { keys: key, privateKey: wakes.privateKey }, { facet: pin, expiresIn: '1m', now })
  const complete = async () =>
    completeUse(await active(), { keys: key, privateKey: wakes.privateKey }, { facet: 'one' })
  const read = (token: string) => verify(token, READ_ACME, options)
  const byMallory = (token: string, block: BlockSpec) => appendBlock(token, block, { externalKey: mallory.privateKey })
  const byActivator = (token: string, block: BlockSpec) => appendBlock(token, block, { externalKey: wakes.privateKey })

  it('a latent capability passes at its anchor once it is activated and completed, and ends earlier than before', async () => {
    const token = await complete()
    await expect(read(token)).resolves.toMatchObject({ subject: 'alice', expiresAt: NOW + 60 })
    await expectRefused(verify(token, READ_ACME, { ...options, anchor: 'service:orders' }), { code: 'wrong_anchor' })
    await expectRefused(verify(token, READ_ACME, { ...options, now: () => NOW + 60 }), { code: 'expired' })
  })

  it('a latent capability is refused until it is activated and completed', async () => {
    await expectRefused(read(await inert()), { code: 'not_activated' })
    await expectRefused(read(await narrowed()), {
      code: 'not_activated',
      expected: wakes.publicKey,
      block: 0,
      check: 3,
    })
    await expectRefused(read(await active()), {
      code: 'already_used',
      label: 'facet',
      expected: 'one',
      block: 2,
      check: 0,
    })
  })

  it('the refusal names the key also where a check trusts the authority before it', async () => {
    const wait = {
      queries: [trusting(query(pred('activation', variable('t'))), 'authority', { key: wakes.publicKey })],
    }
    const plain = await mintCapability({ ...RIGHT, now }, authority.privateKey)
    await expectRefused(verify(appendBlock(plain, { checks: [wait] }), READ_INVOICES, { ...options, anchor: null }), {
      code: 'not_activated',
      expected: wakes.publicKey,
    })
  })

  it('a latent capability without a pin passes as soon as it is activated', async () => {
    const token = await activate(
      await narrowed(),
      { keys: key, privateKey: wakes.privateKey },
      { expiresIn: '1m', now },
    )
    await expect(read(token)).resolves.toMatchObject({ subject: 'alice' })
  })

  it('only the activator can activate a latent capability', async () => {
    const token = await narrowed()
    await expectRefused(read(appendBlock(token, { facts: [activation] })), { code: 'not_activated' })
    await expectRefused(read(byMallory(token, { facts: [activation] })), { code: 'not_activated' })
    await expect(activate(token, { keys: key, privateKey: mallory.privateKey }, { now })).rejects.toThrow(
      /^privateKey: .*does not wait/,
    )
    const plain = await mintCapability({ ...RIGHT, now }, authority.privateKey)
    await expect(activate(plain, { keys: key, privateKey: wakes.privateKey }, { now })).rejects.toThrow(
      /^privateKey: .*does not wait/,
    )
  })

  it('only the activator can complete a latent capability, and only with the pin that the activator set', async () => {
    const token = await active()
    await expectRefused(read(appendBlock(token, { facts: [facet('one')] })), { code: 'already_used' })
    await expectRefused(read(byMallory(token, { facts: [facet('one')] })), { code: 'already_used' })
    await expectRefused(read(byActivator(token, { facts: [facet('two')] })), { code: 'already_used' })
    await expect(completeUse(token, { keys: key, privateKey: wakes.privateKey }, { facet: 'two' })).rejects.toThrow(
      /^facet: /,
    )
    await expect(completeUse(token, { keys: key, privateKey: mallory.privateKey }, { facet: 'one' })).rejects.toThrow(
      /^facet: /,
    )
  })

  it('a completion before the activation is refused, and does not serve a later activation with another pin', async () => {
    await expect(
      completeUse(await narrowed(), { keys: key, privateKey: wakes.privateKey }, { facet: 'one' }),
    ).rejects.toThrow(/^facet: /)
    const again = await activate(await complete(), { keys: key, privateKey: wakes.privateKey }, { facet: 'two', now })
    await expectRefused(read(again), { code: 'already_used' })
  })

  it('the activation block of one capability does not activate another', async () => {
    const from = readToken(await complete())
    const to = readToken(await narrowed())
    const moved = writeToken({ ...to, blocks: [...to.blocks, ...from.blocks.slice(1)], proof: from.proof })
    await expectRefused(read(moved), { code: 'invalid_signature' })
  })

  it('the block that demands a pin cannot be cut off an activated capability', async () => {
    const whole = readToken(await active())
    const cut = writeToken({ ...whole, blocks: whole.blocks.slice(0, 1) })
    await expectRefused(read(cut), { code: 'invalid_signature' })
  })
})

describe('an attestation covers the blocks before it and none after it', () => {
  /** What mallory, who holds `token`, makes of it with the last signed word of a longer copy that she sees. */
  function withWordOf(token: string, longer: string): string {
    const { block, external } = readToken(longer).blocks.findLast(
      (signed) => signed.external !== undefined,
    ) as SignedBlock
    const { signature, publicKey } = external as ExternalSignature
    const signing = { external: mallory.privateKey, externalKey: publicKey, externalSignature: signature }
    return appendBlock(token, { raw: block, signing })
  }
  const narrow = (token: string) => attenuate(token, root.publicKey, { designations: { tenantId: 'acme' } })
  const wake = (token: string) => activate(token, { keys: root.publicKey, privateKey: activator.privateKey }, { now })
  const inert = () => mintCapability({ ...RIGHT, activator: activator.publicKey, now }, root.privateKey)

  it('narrowing before the activation is kept', async () => {
    const latent = await inert()
    await expectRefused(verify(withWordOf(latent, await wake(await narrow(latent)))), { code: 'invalid_signature' })
  })

  it('narrowing after the activation can be left out by anyone who holds a latent copy', async () => {
    const latent = await inert()
    const seen = await narrow(await wake(latent))
    await expectRefused(verify(seen), { code: 'missing_designation' })
    await expect(verify(withWordOf(latent, seen))).resolves.toBeDefined()
  })
})

describe('activation', () => {
  it('activation only shortens the life of a capability, whenever it happens', async () => {
    const seconds = fc.integer({ min: 1, max: 1_000_000 })
    await fc.assert(
      fc.asyncProperty(seconds, seconds, fc.integer({ min: 0, max: 1_000_000 }), async (life, longer, delay) => {
        const latent = await mintCapability(
          { ...RIGHT, activator: activator.publicKey, expiresIn: life, now },
          root.privateKey,
        )
        const later = { expiresIn: longer, now: () => NOW + delay }
        const active = await activate(latent, { keys: root.publicKey, privateKey: activator.privateKey }, later)
        const end = Math.min(NOW + life, NOW + delay + longer)
        await expect(verify(active, undefined, { now: () => end - 1 })).resolves.toMatchObject({ expiresAt: end })
        await expectRefused(verify(active, undefined, { now: () => end }), { code: 'expired' })
      }),
      { numRuns: runs(40) },
    )
  })

  it('activation keeps every demand of the latent capability', async () => {
    const designations = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 1, maxLength: 8 }), {
      minKeys: 1,
      maxKeys: 4,
      noNullPrototype: true,
    })
    await fc.assert(
      fc.asyncProperty(designations, async (named) => {
        fc.pre(!Object.keys(named).some((label) => ['anchor', 'facet'].includes(label)))
        const latent = await mintCapability(
          { ...RIGHT, designations: named, activator: activator.publicKey, now },
          root.privateKey,
        )
        const active = await activate(latent, { keys: root.publicKey, privateKey: activator.privateKey }, { now })
        await expect(verify(active, { ...READ_ACME, designations: named })).resolves.toMatchObject({
          designations: named,
        })
        const [label = ''] = Object.keys(named)
        const other = { ...named, [label]: `${named[label]}x` }
        await expectRefused(verify(active, { ...READ_ACME, designations: other }), { code: 'wrong_designation' })
      }),
      { numRuns: runs(40) },
    )
  })
})

describe('attested designations', () => {
  const demand = { attested: { tenantId: { value: 'acme', by: gateway.publicKey } } }
  const mint = (more: object = demand) => mintCapability({ ...RIGHT, now, ...more }, root.privateKey)
  const acme = { designations: { tenantId: 'acme' } }

  it('an attested designation binds its label, and only the attester can state its value', async () => {
    const token = await mint()
    const attested = await attest(token, { keys: root.publicKey, privateKey: gateway.privateKey }, acme)
    await expect(verify(attested, READ_ACME, { designatedBy: 'authority' })).resolves.toMatchObject(acme)
    await expectRefused(verify(token, READ_ACME), { code: 'missing_designation' })
    await expectRefused(verify(attested, { ...READ_ACME, designations: { tenantId: 'globex' } }), {
      code: 'wrong_designation',
    })
  })

  it('neither the holder, nor mallory, nor an attestation for another token states an attested designation', async () => {
    const token = await mint()
    const stated: BlockSpec = { facts: [fact('designation', 'tenantId', 'acme')] }
    await expectRefused(verify(appendBlock(token, stated), READ_ACME), { code: 'missing_designation' })
    const byMallory = await attest(token, { keys: root.publicKey, privateKey: mallory.privateKey }, acme)
    await expectRefused(verify(byMallory, READ_ACME), { code: 'missing_designation' })
    const from = readToken(await attest(await mint(), { keys: root.publicKey, privateKey: gateway.privateKey }, acme))
    const moved = writeToken({ ...readToken(token), blocks: from.blocks, proof: from.proof })
    await expectRefused(verify(moved, READ_ACME), { code: 'invalid_signature' })
  })

  it('a capability that asks for several attesters is refused while one of them is missing', async () => {
    const signatories = { finance: gateway, legal: activator }
    const attestations = Object.entries(signatories).map(
      ([label, { publicKey }]) => [`approval:${label}`, { value: 'payout-7', by: publicKey }] as const,
    )
    let token = await mint({ attested: Object.fromEntries(attestations) })
    for (const [label, { privateKey }] of Object.entries(signatories)) {
      await expectRefused(verify(token), { code: 'missing_designation' })
      token = await attest(
        token,
        { keys: root.publicKey, privateKey: privateKey },
        { designations: { [`approval:${label}`]: 'payout-7' } },
      )
    }
    await expect(verify(token)).resolves.toMatchObject({ subject: 'alice' })
    expect((await inspect(token, root.publicKey)).attesters).toEqual([
      { block: 1, publicKey: gateway.publicKey },
      { block: 2, publicKey: activator.publicKey },
    ])
  })

  it('attestations form a chain of services, and the last service sees all of them', async () => {
    const hops = { edge: gateway, orders: activator }
    const attested = Object.fromEntries(
      Object.entries(hops).map(([name, { publicKey }]) => [`hop:${name}`, { value: name, by: publicKey }]),
    )
    const token = await mint({ attested, anchor: 'service:billing' })
    const atEdge = await attest(
      token,
      { keys: root.publicKey, privateKey: gateway.privateKey },
      { designations: { 'hop:edge': 'edge' } },
    )
    const both = await attest(
      atEdge,
      { keys: root.publicKey, privateKey: activator.privateKey },
      { designations: { 'hop:orders': 'orders' } },
    )
    const options = { anchor: 'service:billing' }
    await expectRefused(verify(atEdge, undefined, options), {
      code: 'missing_designation',
      label: 'hop:orders',
      block: 0,
    })
    await expect(verify(both, undefined, options)).resolves.toBeDefined()
  })

  it('attest refuses another value than the token demands or states', async () => {
    const globex = { designations: { tenantId: 'globex' } }
    for (const token of [await mint(), await mint({ designations: { tenantId: 'acme' } })]) {
      await expect(attest(token, { keys: root.publicKey, privateKey: gateway.privateKey }, globex)).rejects.toThrow(
        /^designations.tenantId: the token demands or states another value already$/,
      )
    }
    const attested = await attest(await mint({}), { keys: root.publicKey, privateKey: gateway.privateKey }, acme)
    await expect(attest(attested, { keys: root.publicKey, privateKey: gateway.privateKey }, globex)).rejects.toThrow(
      /^designations.tenantId:/,
    )
  })

  it.each([
    [{ attested: [] }, /^attested: must be an object/],
    [{ attested: { tenantId: 'acme' } }, /^attested.tenantId: must be an object/],
    [{ attested: { tenantId: { value: 'acme' } } }, /^attested.tenantId.by: /],
    [{ attested: { tenantId: { value: '', by: gateway.publicKey } } }, /^attested.tenantId.value: must not be empty/],
    [{ attested: { tenantId: { value: 'acme', by: gateway.privateKey } } }, /^attested.tenantId.by: this is a private/],
    [{ attested: { facet: { value: 'one', by: gateway.publicKey } } }, /^attested.facet: the label is reserved/],
    [{ attested: { anchor: { value: 'one', by: gateway.publicKey } } }, /^attested.anchor: the label is reserved/],
    [{ ...demand, designations: { tenantId: 'globex' } }, /^attested.tenantId: is another value/],
    [{ activator: gateway.privateKey }, /^activator: this is a private key/],
    [{ activator: 'activator' }, /^activator: /],
  ])('mintCapability refuses the attested option %j', async (more, message) => {
    await expect(mint(more)).rejects.toThrow(TypeError)
    await expect(mint(more)).rejects.toThrow(message)
    await expect(mint(more)).rejects.not.toThrow(gateway.privateKey.slice(-64))
  })

  it.each([10n, { toJSON: () => expect.fail('was asked to print itself') }])(
    'attest and activate name the option for which %s is invalid',
    async (expiresIn) => {
      const wrong = { expiresIn: expiresIn as never }
      const stated = { designations: { tenantId: 'acme' }, ...wrong }
      await expect(
        attest(await mint(), { keys: root.publicKey, privateKey: gateway.privateKey }, stated),
      ).rejects.toThrow(/^expiresIn: /)
      const latent = await mint({ activator: activator.publicKey })
      await expect(activate(latent, { keys: root.publicKey, privateKey: activator.privateKey }, wrong)).rejects.toThrow(
        /^expiresIn: /,
      )
    },
  )

  it('attest refuses empty designations, reserved labels, invalid keys and invalid tokens', async () => {
    const token = await mint()
    const fails = (options: object, key = gateway.privateKey, text = token) =>
      expect(attest(text, { keys: root.publicKey, privateKey: key }, options as never)).rejects
    await fails({ designations: {} }).toThrow(/^designations: must name at least one/)
    await fails({}).toThrow(/^designations: must be an object/)
    await fails({ designations: { facet: 'one' } }).toThrow(/^designations.facet: the label is reserved/)
    await fails({ ...acme, facet: 'one' }).toThrow(/^facet: unknown option/)
    await fails(acme, gateway.publicKey).toThrow(/^privateKey: this is a public key/)
    await fails(acme, gateway.privateKey, 'nonsense').toMatchObject({ code: 'malformed_token' })
    await fails(acme, gateway.privateKey, await seal(token, root.publicKey)).toThrow(/^token: is sealed/)
    const identity = capability({ facts: [fact('subject', 'alice')], checks: capabilityBlock().checks! })
    await fails(acme, gateway.privateKey, identity).toMatchObject({ code: 'wrong_kind' })
    await expect(
      attest(token, { keys: mallory.publicKey, privateKey: gateway.privateKey }, acme),
    ).rejects.toMatchObject({
      code: 'invalid_signature',
    })
  })
})

describe('a sealed token', () => {
  it('a sealed token passes where the open one passes, has the same revocation ids and takes no more blocks', async () => {
    const token = await mintCapability({ ...RIGHT, designations: { tenantId: 'acme' }, now }, root.privateKey)
    const sealed = await seal(token, root.publicKey)
    const before = await verify(token, READ_ACME)
    expect(await verify(sealed, READ_ACME)).toEqual(before)
    expect(await inspect(sealed, root.publicKey)).toMatchObject({ sealed: true, blocks: 1 })
    await expect(attenuate(sealed, root.publicKey, { expiresIn: 5 })).rejects.toThrow(/^token: is sealed/)
    await expect(seal(sealed, root.publicKey)).rejects.toThrow(/^token: is sealed already/)
    await expect(seal(token, mallory.publicKey)).rejects.toMatchObject({ code: 'invalid_signature' })
    expect(() => appendBlock(sealed, { checks: [designationCheck('tenantId', 'acme')] })).toThrow('sealed')
  })
})
