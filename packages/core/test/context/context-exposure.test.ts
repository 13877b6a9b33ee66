import { describe, expect, it } from 'vitest'
import {
  type AddExposureOptions,
  addExposure,
  type ExcludeExposuresOptions,
  excludeExposures,
  inspect,
  revocationIds,
} from '../../src/index.ts'
import { DEFAULT_LIMITS } from '../../src/internal/base/limits.ts'
import { add, contextBlock, exposureBlock, forgeContext, mint, now, reject, verify } from '../support/contexts.ts'
import { checkIf, fact, pred, timeCheck } from '../support/forge/datalog.ts'
import { appendBlock, sealToken } from '../support/forge/forge.ts'
import { mallory, root, rootP256 } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { codeOf, expectRefused, NOW } from '../support/verify.ts'

const blocksOf = async (token: string) => (await inspect(token)).blocks

/** Labels as they come, not as short as they could be. */
const HUNDRED = Array.from({ length: 100 }, (_, index) => `classification:customer-data:${index}`)

describe('addExposure', () => {
  it('addExposure appends one block and leaves the rest of the token as it is', async () => {
    const token = await mint({ exposures: ['pii'] })
    const exposed = await addExposure(token, root.privateKey, { exposures: ['web', 'mail'], source: 'browser', now })
    expect(await verify(exposed)).toMatchObject({
      exposures: ['pii', 'web', 'mail'],
      sources: ['browser'],
      expiresAt: NOW + 3600,
    })
    expect(await blocksOf(exposed)).toBe(2)
    expect(revocationIds(exposed).slice(0, 1)).toEqual(revocationIds(token))
    expect(await verify(token)).toMatchObject({ exposures: ['pii'] })
  })

  it('addExposure drops known labels and returns the same token when nothing is new', async () => {
    const token = await add(await mint({ exposures: ['pii'] }), 'web')
    expect(await add(token, 'web', 'pii')).toBe(token)
    expect(await add(token)).toBe(token)
    const more = await add(token, 'web', 'mail', 'mail')
    expect(await inspect(more)).toMatchObject({ blocks: 3 })
    expect(await verify(more)).toMatchObject({ exposures: ['pii', 'web', 'mail'] })
  })

  it('addExposure adds labels that only a holder has stated or excluded so far', async () => {
    const narrow = await excludeExposures(await mint(), root.publicKey, { exposures: ['pii'] })
    const forged = appendBlock(narrow, exposureBlock('pii'), { externalKey: mallory.privateKey })
    expect(await verify(await add(forged, 'pii'))).toMatchObject({ exposures: ['pii'] })
  })

  it('addExposure works on both curves', async () => {
    const options = { exposures: ['pii'], source: 'crm', now }
    const token = forgeContext(contextBlock(), [], { root: rootP256.privateKey })
    const exposed = await addExposure(token, rootP256.privateKey, options)
    expect(await verify(exposed, { keys: rootP256.publicKey })).toMatchObject({ exposures: ['pii'] })
  })

  it('addExposure refuses an expired context, even if nothing is new', async () => {
    const token = await mint({ exposures: ['pii'], expiresIn: 60 })
    for (const exposures of [['pii'], ['web'], []]) {
      const late = addExposure(token, root.privateKey, { exposures, source: 'crm', now: () => NOW + 60 })
      await expectRefused(late, { code: 'expired', block: 0, check: 0, expected: String(NOW + 60) })
    }
    const short = appendBlock(await mint(), { checks: [timeCheck(NOW, 't')] })
    await expectRefused(add(short, 'web'), { code: 'expired', block: 1 })
  })

  it('addExposure refuses as unavailable when its clock fails', async () => {
    const broken = addExposure(await mint(), root.privateKey, {
      exposures: ['pii'],
      source: 'crm',
      now: () => Number.NaN,
    })
    await expectRefused(broken, { code: 'unavailable' })
  })

  it.each<[Partial<Record<keyof AddExposureOptions | 'label', unknown>>, RegExp]>([
    [{ exposures: undefined }, /^exposures: must be an array/],
    [{ exposures: 'pii' }, /^exposures: must be an array/],
    [{ exposures: [null] }, /^exposures\[0\]: must be a string/],
    [{ exposures: Array.from({ length: 129 }, (_, index) => `l${index}`) }, /^exposures: must not be more than 128/],
    [{ source: undefined }, /^source: must be a string/],
    [{ source: '' }, /^source: must not be empty/],
    [{ now: 7 }, /^now: must be a function/],
    [{ label: 'pii' }, /^label: unknown option/],
  ])('addExposure refuses %j', async (options, message) => {
    const all = { exposures: ['pii'], source: 'crm', now, ...options } as AddExposureOptions
    expect(await messageOf(addExposure(await mint(), root.privateKey, all))).toMatch(message)
  })

  it('addExposure throws a TypeError without a private key or a token string', async () => {
    const options = { exposures: ['pii'], source: 'crm', now }
    expect(await messageOf(addExposure(await mint(), root.publicKey, options))).toMatch(/^privateKey: /)
    expect(await messageOf(addExposure(7 as unknown as string, root.privateKey, options))).toMatch(/^token: /)
    await expectRefused(addExposure('nonsense', root.privateKey, options), { code: 'malformed_token' })
  })
})

describe('a context with many exposures', () => {
  it('a context is compacted at 8 blocks, and no exposure is lost', async () => {
    let token = await mint({ rootKeyId: 7 })
    const narrow = { checks: [reject('offline'), timeCheck(NOW + 100, 't')] }
    token = appendBlock(token, narrow)
    const lengths: number[] = []
    for (let count = 1; count <= 8; count++) {
      token = await addExposure(token, root.privateKey, { exposures: [`label${count}`], source: `source${count}`, now })
      lengths.push(await blocksOf(token))
    }
    expect(lengths).toEqual([3, 4, 5, 6, 7, 8, 1, 2])
    expect(await verify(token)).toMatchObject({
      subject: 'agent:alice',
      exposures: Array.from({ length: 8 }, (_, index) => `label${index + 1}`),
      sources: Array.from({ length: 8 }, (_, index) => `source${index + 1}`),
      expiresAt: NOW + 100,
      rootKeyId: 7,
    })
    for (const label of ['offline', 'label1', 'label7', 'label8']) {
      await expectRefused(verify(token, { excludes: [label] }), { code: 'exposed' })
    }
  })

  it('a context holds a hundred exposures that are added in one batch', async () => {
    const initial = await mint({ exposures: HUNDRED, source: 'crm' })
    const added = await add(await mint(), ...HUNDRED)
    for (const token of [initial, added]) {
      expect(await verify(token)).toMatchObject({ exposures: HUNDRED })
      await expectRefused(verify(token, { excludes: HUNDRED }), { code: 'exposed', label: HUNDRED[0] })
    }
  })

  it('a context holds a hundred exposures that are added one by one from different sources', async () => {
    let token = await mint()
    for (const [index, label] of HUNDRED.entries()) {
      const source = `https://crm.example/contacts/${index}`
      token = await addExposure(token, root.privateKey, { exposures: [label], source, now })
      expect(token.length).toBeLessThanOrEqual(DEFAULT_LIMITS.textLength)
    }
    const { exposures, sources } = await verify(token)
    expect(exposures).toEqual(HUNDRED)
    expect(sources).toHaveLength(100)
    const excluded = await Promise.all(HUNDRED.map((label) => codeOf(verify(token, { excludes: [label] }))))
    expect(new Set(excluded)).toEqual(new Set(['exposed']))
  })

  it('past the limits addExposure names the option, and the old token stays valid', async () => {
    const full = await mint({ exposures: Array.from({ length: 127 }, (_, index) => `l${index}`) })
    expect(await messageOf(add(full, 'one-more'))).toMatch(
      /^exposures: no verifier would read the result \(limits_exceeded: checks\)/,
    )
    await expect(verify(full)).resolves.toBeDefined()
    const long = await mint({ exposures: ['x'.repeat(4000), 'y'.repeat(4000)] })
    expect(await messageOf(add(long, 'z'.repeat(4000)))).toMatch(/^exposures: .*16384/)
    await expect(verify(long)).resolves.toBeDefined()
  })

  it('a context is compacted when one more block would make the token too large', async () => {
    const label = (name: string) => name.repeat(2200)
    let token = await mint({ exposures: [label('a')] })
    token = await addExposure(token, root.privateKey, { exposures: [label('b')], source: label('s'), now })
    token = await addExposure(token, root.privateKey, { exposures: [label('c')], source: label('s'), now })
    token = await addExposure(token, root.privateKey, { exposures: ['d'], source: label('s'), now })
    expect(await blocksOf(token)).toBe(1)
    expect(await verify(token)).toMatchObject({
      exposures: [label('a'), label('b'), label('c'), 'd'],
      sources: [label('s')],
    })
  })

  it('a sealed context is compacted when an exposure is added', async () => {
    const sealed = sealToken(await mint({ exposures: ['pii'] }))
    const token = await add(sealed, 'web')
    expect(await inspect(token)).toMatchObject({ blocks: 1, sealed: false })
    expect(await verify(token)).toMatchObject({ exposures: ['pii', 'web'] })
    expect(await add(sealed, 'pii')).toBe(sealed)
  })

  it('a full context that cannot be compacted without losing a check is refused', async () => {
    const odd = { checks: [checkIf(pred('designation', 'tenantId', 'acme'))] }
    const token = appendBlock(await mint(), odd)
    await expect(add(token, 'pii')).resolves.toBeDefined()
    await expectRefused(add(sealToken(token), 'pii'), { code: 'unsupported_block', block: 1, check: 0 })
    let long = token
    while ((await blocksOf(long)) < 8) long = appendBlock(long, { facts: [fact('note', 'nothing')] })
    await expectRefused(add(long, 'pii'), { code: 'unsupported_block' })
  })
})

describe('excludeExposures', () => {
  it('excludeExposures appends one block of rejects and needs only the public key', async () => {
    const token = await mint()
    const narrow = await excludeExposures(token, root.publicKey, { exposures: ['pii', 'web', 'pii'] })
    expect(await inspect(narrow)).toMatchObject({ blocks: 2, expiresAt: NOW + 3600 })
    for (const [check, label] of ['pii', 'web'].entries()) {
      await expectRefused(verify(narrow, { excludes: [label] }), {
        code: 'exposed',
        label,
        block: 1,
        check,
      })
    }
    expect(await verify(narrow, { excludes: ['mail'] })).toMatchObject({ exposures: [], sources: [] })
    expect(await verify(token, { excludes: ['pii'] })).toBeDefined()
  })

  it('an exclusion stays in the context when the authority adds exposures', async () => {
    const narrow = await excludeExposures(await mint(), root.publicKey, { exposures: ['pii'] })
    await expectRefused(verify(await add(narrow, 'web'), { excludes: ['pii'] }), { code: 'exposed' })
  })

  it.each<[Partial<Record<keyof ExcludeExposuresOptions | 'excludes', unknown>>, RegExp]>([
    [{ exposures: undefined }, /^exposures: must be an array/],
    [{ exposures: [] }, /^exposures: must have at least one label/],
    [{ exposures: ['pii', 7] }, /^exposures\[1\]: must be a string/],
    [{ excludes: ['pii'] }, /^excludes: unknown option/],
    [{ exposures: ['a', 'b', 'c'].map((name) => name.repeat(4096)) }, /^exposures: .*16384/],
  ])('excludeExposures refuses %j', async (options, message) => {
    const all = { exposures: ['pii'], ...options } as ExcludeExposuresOptions
    expect(await messageOf(excludeExposures(await mint(), root.publicKey, all))).toMatch(message)
  })

  it('excludeExposures refuses a context that is sealed, full, unproven or older than 2.0', async () => {
    const options = { exposures: ['pii'] }
    const token = await mint()
    expect(await messageOf(excludeExposures(sealToken(token), root.publicKey, options))).toMatch(/^token: is sealed/)
    let full = token
    while ((await blocksOf(full)) < DEFAULT_LIMITS.blocks) full = appendBlock(full, {})
    expect(await messageOf(excludeExposures(full, root.publicKey, options))).toMatch(/^token: has as many blocks/)
    await expectRefused(excludeExposures(token, mallory.publicKey, options), { code: 'invalid_signature' }, token)
    expect(await messageOf(excludeExposures(token, root.privateKey, options))).toMatch(/^keys: /)
    const old = appendBlock(token, { facts: [fact('exposure', 'pii')] })
    await expectRefused(
      excludeExposures(old, root.publicKey, options),
      {
        code: 'unsupported_block',
        block: 1,
      },
      old,
    )
  })
})
