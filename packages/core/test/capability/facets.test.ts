import { describe, expect, it } from 'vitest'
import {
  attenuate,
  type CapabilityRequest,
  createUseLedger,
  createVerifier,
  inspect,
  mintCapability,
  revocationIds,
  type UseLedger,
  type VerifierOptions,
} from '../../src/index.ts'
import { withS } from '../support/forge/crypto.ts'
import { designationCheck, fact, trusting } from '../support/forge/datalog.ts'
import { readToken, writeToken } from '../support/forge/envelope.ts'
import { appendBlock } from '../support/forge/forge.ts'
import { gateway, root, rootP256, type TestKey } from '../support/keys.ts'
import { expectRefused, NOW, READ_ACME, READ_INVOICES, verify } from '../support/verify.ts'

const now = () => NOW
const RIGHT = { subject: 'alice', resource: 'invoices', operation: 'read', now }
const ledger = () => createUseLedger({ now })
const mint = (singleUse: UseLedger, more: object = {}, key: TestKey = root) =>
  mintCapability({ ...RIGHT, singleUse, ...more }, key.privateKey)

describe('a single-use capability', () => {
  it('a single-use capability passes once and is then refused as already used', async () => {
    const singleUse = ledger()
    const token = await mint(singleUse)
    await expect(verify(token, READ_INVOICES, { singleUse })).resolves.toMatchObject({ subject: 'alice' })
    await expectRefused(verify(token, READ_INVOICES, { singleUse }), {
      code: 'already_used',
      publicCode: 'already_used',
      label: 'facet',
      block: 0,
    })
  })

  it('of many simultaneous uses of a single-use capability one passes', async () => {
    const singleUse = ledger()
    const token = await mint(singleUse)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => verify(token, READ_INVOICES, { singleUse })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('using a single-use capability uses up every token that was narrowed from it', async () => {
    const singleUse = ledger()
    const token = await mint(singleUse)
    const narrow = await attenuate(token, root.publicKey, { designations: { tenantId: 'acme' } })
    await expect(verify(narrow, READ_ACME, { singleUse })).resolves.toBeDefined()
    await expectRefused(verify(token, READ_INVOICES, { singleUse }), { code: 'already_used' })
  })

  it.each<[string, CapabilityRequest, Partial<VerifierOptions>?]>([
    ['wrong_resource', { ...READ_ACME, resource: 'orders' }],
    ['wrong_designation', { ...READ_INVOICES, designations: { tenantId: 'globex' } }],
    ['missing_designation', READ_INVOICES],
    ['undesignated', { ...READ_ACME, designations: { tenantId: 'acme', region: 'eu' } }],
    ['wrong_anchor', READ_ACME, { anchor: 'service:orders' }],
    ['expired', READ_ACME, { now: () => NOW + 300 }],
    ['revoked', READ_ACME, { revocation: { isRevoked: () => true } }],
  ])('a request that is refused with %s does not spend a single-use capability', async (code, request, change = {}) => {
    const singleUse = ledger()
    const token = await mint(singleUse, { designations: { tenantId: 'acme' }, anchor: 'service:billing' })
    const options = { singleUse, anchor: 'service:billing' }
    await expectRefused(verify(token, request, { ...options, ...change }), { code })
    await expect(verify(token, READ_ACME, options)).resolves.toBeDefined()
  })

  it('one proof spends a single-use capability once, however often it is asked to authorize', async () => {
    const singleUse = ledger()
    const proven = await createVerifier({ keys: root.publicKey, anchor: null, singleUse, now }).prove(
      await mint(singleUse),
    )
    await expectRefused(proven.authorize({ ...READ_INVOICES, resource: 'orders' }), { code: 'wrong_resource' })
    const twice = [proven.authorize(READ_INVOICES), proven.authorize(READ_INVOICES)]
    await expect(Promise.all(twice)).resolves.toHaveLength(2)
    await expect(proven.authorize(READ_INVOICES)).resolves.toBeDefined()
  })

  it('a single-use capability is refused without a ledger, and by a ledger that did not mint it', async () => {
    const token = await mint(ledger())
    await expectRefused(verify(token), { code: 'already_used' })
    await expectRefused(verify(token, READ_INVOICES, { singleUse: ledger() }), { code: 'already_used' })
  })

  it('the ledger forgets a single-use capability at its end, whatever clock tolerance the verifier has', async () => {
    let time = NOW
    const singleUse = createUseLedger({ now: () => time })
    const token = await mint(singleUse, { expiresIn: 60 })
    const options = { singleUse, now: () => time, clockTolerance: 30 }
    time = NOW + 60
    await expectRefused(verify(token, READ_INVOICES, options), { code: 'already_used' })
  })

  it('a single-use capability cannot be used again by re-encoding its P-256 signature', async () => {
    const issued: Parameters<UseLedger['issue']>[] = []
    const recording = { ...ledger(), issue: (...note: Parameters<UseLedger['issue']>) => void issued.push(note) }
    const token = readToken(await mint(recording, {}, rootP256))
    for (const first of [0, 1]) {
      const singleUse = ledger()
      singleUse.issue(...(issued[0] as Parameters<UseLedger['issue']>))
      const encodings = (['low', 'high'] as const).map((s) =>
        writeToken({ ...token, authority: { ...token.authority, signature: withS(token.authority.signature, s) } }),
      )
      const options = { keys: rootP256.publicKey, singleUse }
      await expect(verify(encodings[first] as string, READ_INVOICES, options)).resolves.toBeDefined()
      await expectRefused(verify(encodings[1 - first] as string, READ_INVOICES, options), { code: 'already_used' })
    }
  })

  it('the pin of a single-use capability is worth nothing to another token', async () => {
    const singleUse = ledger()
    const pinned = await mint(singleUse)
    const [binding] = (await inspect(pinned)).designations
    const other = await mintCapability(RIGHT, root.privateKey)
    const borrowed = appendBlock(other, { checks: [designationCheck('facet', binding?.value ?? '')] })
    await expectRefused(verify(borrowed, READ_INVOICES, { singleUse }), { code: 'already_used' })
    await expect(verify(pinned, READ_INVOICES, { singleUse })).resolves.toBeDefined()
  })

  it('a single-use capability whose pin stands twice is used once', async () => {
    const singleUse = ledger()
    const token = await mint(singleUse)
    const [binding] = (await inspect(token)).designations
    const twice = appendBlock(token, { checks: [designationCheck('facet', binding?.value ?? '')] })
    await expect(verify(twice, READ_INVOICES, { singleUse })).resolves.toBeDefined()
    await expectRefused(verify(twice, READ_INVOICES, { singleUse }), { code: 'already_used' })
  })

  it('a single-use capability may hold the pin of an attester too', async () => {
    const singleUse = ledger()
    const pin = designationCheck('facet', 'one')
    const keyed = { queries: pin.queries.map((one) => trusting(one, 'authority', { key: gateway.publicKey })) }
    const waiting = appendBlock(await mint(singleUse), { checks: [keyed] })
    await expectRefused(verify(waiting, READ_INVOICES, { singleUse }), { code: 'already_used' })
    const stated = appendBlock(
      waiting,
      { facts: [fact('designation', 'facet', 'one')] },
      { externalKey: gateway.privateKey },
    )
    await expect(verify(stated, READ_INVOICES, { singleUse })).resolves.toBeDefined()
  })

  it('a single-use capability with a second pin is refused, and its own pin is not spent', async () => {
    const singleUse = ledger()
    const token = await mint(singleUse)
    const twice = appendBlock(token, { checks: [designationCheck('facet', 'another')] })
    await expectRefused(verify(twice, READ_INVOICES, { singleUse }), { code: 'already_used' })
    await expect(verify(token, READ_INVOICES, { singleUse })).resolves.toBeDefined()
  })
})

describe('a ledger that cannot answer', () => {
  const odd: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['answers with nothing', () => undefined],
    ['answers with a number', () => 1],
    ['answers with a text', () => Promise.resolve('true')],
  ]
  it.each(odd)('a verifier refuses when its ledger %s', async (_name, consume) => {
    const singleUse = ledger()
    const token = await mint(singleUse)
    const broken = { ...singleUse, consume } as VerifierOptions['singleUse']
    await expectRefused(verify(token, READ_INVOICES, { singleUse: broken }), { code: 'unavailable' })
  })

  it.each(odd.slice(0, 2))('a verifier tells operators why its ledger %s', async (_name, consume) => {
    const singleUse = ledger()
    const broken = { ...singleUse, consume } as VerifierOptions['singleUse']
    const refused = verify(await mint(singleUse), READ_INVOICES, { singleUse: broken })
    await expectRefused(refused, { code: 'unavailable', cause: new Error('down') })
  })

  it('mintCapability fails when the ledger cannot store the pin', async () => {
    const issue = () => Promise.reject(new Error('down'))
    await expectRefused(mint({ ...ledger(), issue }), { code: 'unavailable' })
  })

  it('a ledger without the needed methods is a TypeError', async () => {
    await expect(mint({} as UseLedger)).rejects.toThrow(/^singleUse.issue: must be a function/)
    expect(() => createVerifier({ keys: root.publicKey, anchor: null, singleUse: {} as UseLedger })).toThrow(
      /^singleUse.consume: /,
    )
    expect(() => createUseLedger({ clock: now } as never)).toThrow(/^clock: unknown option/)
    expect(() => createUseLedger({ now: NOW } as never)).toThrow(/^now: /)
  })
})

describe('the ledger in memory', () => {
  it('the in-memory ledger stores the id, the pin and the end of a token', async () => {
    const issued: unknown[] = []
    const singleUse = { ...ledger(), issue: (...note: unknown[]) => void issued.push(note) }
    const token = await mint(singleUse, { expiresIn: 60 })
    expect(issued).toEqual([[revocationIds(token)[0], expect.stringMatching(/^[0-9a-f-]{36}$/), NOW + 60]])
  })

  it('the in-memory ledger tells pins and tokens apart', () => {
    const singleUse = ledger()
    singleUse.issue('ab', 'one', NOW + 1)
    expect(singleUse.consume('ab', 'two')).toBe(false)
    expect(singleUse.consume('cd', 'one')).toBe(false)
    expect(singleUse.consume('__proto__', 'one')).toBe(false)
    expect(singleUse.consume('ab', 'one')).toBe(true)
    expect(singleUse.consume('ab', 'one')).toBe(false)
  })

  it('the in-memory ledger forgets expired tokens and nothing else', () => {
    let time = NOW
    const singleUse = createUseLedger({ now: () => time })
    singleUse.issue('kept', 'one', NOW + 100)
    for (let i = 0; i < 1022; i += 1) singleUse.issue(`old ${i}`, 'one', NOW + 1)
    time = NOW + 1
    singleUse.issue('last', 'one', NOW + 100)
    time = NOW
    expect(singleUse.consume('old 7', 'one')).toBe(false)
    expect(singleUse.consume('kept', 'one')).toBe(true)
    expect(singleUse.consume('last', 'one')).toBe(true)
  })
})
