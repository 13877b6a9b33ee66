import { describe, expect, it } from 'vitest'
import {
  addExposure,
  type ContextVerifierOptions,
  createContextVerifier,
  createRevocationList,
  createVerifier,
  excludeExposures,
  type MintContextOptions,
  mintCapability,
  mintContext,
  revocationIds,
} from '../../src/index.ts'
import { add, contextBlock, END, forgeContext, mint, now, reject, verify } from '../support/contexts.ts'
import { checkIf, designationCheck, fact, pred, timeCheck, variable } from '../support/forge/datalog.ts'
import { appendBlock, sealToken } from '../support/forge/forge.ts'
import { mallory, root, rootP256 } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { expectRefused, NOW, refusal } from '../support/verify.ts'

describe('mintContext', () => {
  it.each([
    ['ed25519', root],
    ['secp256r1', rootP256],
  ])('mintContext writes a context of one hour, signed with %s', async (_curve, key) => {
    const token = await mintContext({ subject: 'agent:alice', now }, key.privateKey)
    const context = await createContextVerifier({ keys: key.publicKey, now }).verify(token)
    expect(context).toEqual({
      kind: 'context',
      subject: 'agent:alice',
      exposures: [],
      sources: [],
      expiresAt: NOW + 3600,
      revocationIds: revocationIds(token),
      rootKeyId: undefined,
    })
    expect(context.token).toBe(token)
    expect(Object.isFrozen(context) && Object.isFrozen(context.exposures) && Object.isFrozen(context.sources)).toBe(
      true,
    )
    expect(JSON.stringify(context)).not.toContain(token)
  })

  it('mintContext takes initial labels, a source, a life and a root key id', async () => {
    const options = { exposures: ['pii', 'secret', 'pii'], source: 'crm', expiresIn: '5m', rootKeyId: 7 } as const
    const keys = new Map([[7, root.publicKey]])
    expect(await verify(await mint(options), { keys })).toMatchObject({
      exposures: ['pii', 'secret'],
      sources: ['crm'],
      expiresAt: NOW + 300,
      rootKeyId: 7,
    })
  })

  it('mintContext writes no source where there is no exposure', async () => {
    expect(await verify(await mint({ source: 'crm' }))).toMatchObject({ exposures: [], sources: [] })
  })

  it.each<[Partial<Record<keyof MintContextOptions | 'exposure', unknown>>, RegExp]>([
    [{ subject: undefined }, /^subject: must be a string/],
    [{ subject: '' }, /^subject: must not be empty/],
    [{ subject: 'x'.repeat(4097) }, /^subject: must not be longer/],
    [{ exposures: 'pii' }, /^exposures: must be an array/],
    [{ exposures: ['pii', 7] }, /^exposures\[1\]: must be a string/],
    [
      { exposures: Array.from({ length: 129 }, (_, index) => `label${index}`) },
      /^exposures: must not be more than 128/,
    ],
    [{ source: '' }, /^source: must not be empty/],
    [{ expiresIn: 0 }, /^expiresIn: /],
    [{ rootKeyId: -1 }, /^rootKeyId: /],
    [{ now: 7 }, /^now: /],
    [{ now: () => NOW * 1000 }, /^now: must return seconds/],
    [{ exposure: ['pii'] }, /^exposure: unknown option/],
    [{ exposures: ['a', 'b', 'c'].map((name) => name.repeat(4096)) }, /^exposures: .*16384/],
  ])('mintContext refuses %j', async (options, message) => {
    expect(await messageOf(mint(options as Partial<MintContextOptions>))).toMatch(message)
  })

  it('mintContext refuses a public key', async () => {
    expect(await messageOf(mintContext({ subject: 'agent:alice' }, root.publicKey))).toMatch(/^privateKey: /)
  })
})

describe('a context', () => {
  it.each(['agent:alice', 'agent:alice:worker', 'agent:alice:worker:7', 'agent:alice:'])(
    'a context of agent:alice passes for %s',
    async (subject) => {
      await expect(verify(await mint(), { subject })).resolves.toMatchObject({ subject: 'agent:alice' })
    },
  )

  it.each([
    'agent',
    'agent:bob',
    'agent:alicea',
    'agent:alic',
    'Agent:alice',
    ' agent:alice',
    'xagent:alice:worker',
    '',
  ])('a context of agent:alice is refused for %j', async (subject) => {
    await expectRefused(verify(await mint(), { subject }), {
      code: 'wrong_subject',
      block: 0,
      expected: 'agent:alice',
      actual: subject,
    })
  })

  it('a context passes until its end, and within the clock tolerance after it', async () => {
    const token = await mint({ expiresIn: 60 })
    const at = (time: number, clockTolerance = 0) => verify(token, { now: () => time, clockTolerance })
    await expect(at(NOW + 59)).resolves.toBeDefined()
    await expectRefused(at(NOW + 60), {
      code: 'expired',
      block: 0,
      check: 0,
      expected: String(NOW + 60),
      actual: String(NOW + 60),
    })
    await expect(at(NOW + 69, 10)).resolves.toBeDefined()
    await expectRefused(at(NOW + 70, 10), { code: 'expired' })
  })

  it('a context ends earlier if a holder has set an earlier end', async () => {
    const token = appendBlock(await mint(), { checks: [timeCheck(NOW + 5, 't')] })
    expect(await verify(token)).toMatchObject({ expiresAt: NOW + 5 })
    await expectRefused(verify(token, { now: () => NOW + 5 }), { code: 'expired', block: 1, check: 0 })
    const later = appendBlock(await mint(), { checks: [timeCheck(NOW + 9999, 't')] })
    expect(await verify(later)).toMatchObject({ expiresAt: NOW + 3600 })
  })

  it('a context that never ends is refused', async () => {
    const token = forgeContext({ facts: [fact('context', 'agent:alice')] })
    await expectRefused(verify(token), { code: 'unsupported_block', block: 0 })
  })

  it('a `context` fact of two terms makes no context', async () => {
    const pair = fact('context', 'agent:bob', 'agent:alice')
    await expectRefused(verify(forgeContext(contextBlock({ facts: [pair] }))), { code: 'unsupported_block' })
    await expectRefused(verify(forgeContext({ facts: [pair], checks: [timeCheck(END)] })), { code: 'wrong_kind' })
  })

  it('a context is refused when one of its blocks is revoked, which is looked up only once it is proven', async () => {
    const token = await add(await mint(), 'pii')
    for (const id of revocationIds(token)) {
      await expectRefused(verify(token, { revocation: createRevocationList([id]) }), { code: 'revoked' })
    }
    const down = { isRevoked: () => Promise.reject(new Error('down')) }
    await expectRefused(verify(token, { revocation: down }), { code: 'unavailable' })
    const unasked = { isRevoked: () => expect.unreachable() }
    await expectRefused(verify(token, { revocation: unasked, keys: mallory.publicKey }), { code: 'invalid_signature' })
  })

  it('a sealed context is read', async () => {
    const token = sealToken(await add(await mint(), 'pii'))
    expect(await verify(token)).toMatchObject({ exposures: ['pii'] })
    await expectRefused(verify(token, { excludes: ['pii'] }), { code: 'exposed' })
  })

  it('a context that exceeds a limit of its verifier is refused', async () => {
    const token = await add(await mint(), 'pii', 'secret')
    await expectRefused(verify(token, { limits: { checks: 2 } }), { code: 'limits_exceeded' })
    await expectRefused(verify(token, { limits: { steps: 5 }, excludes: ['web'] }), { code: 'limits_exceeded' })
    await expect(verify(token, { limits: { checks: 3 } })).resolves.toBeDefined()
  })
})

describe('excluded labels', () => {
  it('excluded labels refuse a context that was exposed to one of them, and name the label, block and check', async () => {
    const token = await add(await mint({ exposures: ['pii', 'secret'] }), 'web', 'mail')
    const excluding = (...excludes: string[]) => refusal(verify(token, { excludes }))
    expect(await excluding('secret')).toMatchObject({ code: 'exposed', label: 'secret', block: 0, check: 2 })
    expect(await excluding('other', 'mail')).toMatchObject({ code: 'exposed', label: 'mail', block: 1, check: 1 })
    expect((await excluding('mail')).toJSON()).toEqual((await excluding('pii')).toJSON())
    await expect(verify(token, { excludes: ['other', 'PII', 'we', 'webb'] })).resolves.toBeDefined()
    await expect(verify(token, { excludes: [] })).resolves.toBeDefined()
  })

  it('labels that any holder excludes are refused when the verifier excludes them', async () => {
    const narrow = await excludeExposures(await mint(), root.publicKey, { exposures: ['pii'] })
    await expectRefused(verify(narrow, { excludes: ['pii'] }), {
      code: 'exposed',
      label: 'pii',
      block: 1,
    })
    expect(await verify(narrow, { excludes: ['web'] })).toMatchObject({ exposures: [] })
    const third = appendBlock(await mint(), { checks: [reject('pii')] }, { externalKey: mallory.privateKey })
    await expectRefused(verify(third, { excludes: ['pii'] }), {
      code: 'exposed',
      label: 'pii',
      block: 1,
    })
  })

  it('an excluded label of the authority is refused even if no check rejects it', async () => {
    const token = forgeContext(contextBlock({ facts: [fact('exposed_label', 'pii')] }))
    await expectRefused(verify(token, { excludes: ['pii'] }), {
      code: 'exposed',
      label: 'pii',
      block: undefined,
      check: undefined,
    })
  })

  it('a context that rejects every exposure is refused for any excluded label', async () => {
    const any = { checks: [{ kind: 'reject', queries: [{ body: [pred('exposure', variable('x'))] }] }] } as const
    const token = appendBlock(await mint(), any)
    await expectRefused(verify(token, { excludes: ['web'] }), {
      code: 'exposed',
      label: undefined,
      block: 1,
    })
    await expect(verify(token)).resolves.toBeDefined()
  })

  it('an excluded compound is met by exposure to all of its members, in any order', async () => {
    const compound = await mint({ exposures: ['pii&secret'] })
    await expectRefused(verify(compound, { excludes: ['pii&secret'] }), { code: 'exposed', block: 0 })
    const members = await add(await mint({ exposures: ['secret'] }), 'pii')
    await expectRefused(verify(members, { excludes: ['pii&secret'] }), {
      code: 'exposed',
      label: 'pii&secret',
      block: undefined,
    })
    await expect(verify(members, { excludes: ['pii&secret&web'] })).resolves.toBeDefined()
    await expect(verify(await mint({ exposures: ['secret'] }), { excludes: ['pii&secret'] })).resolves.toBeDefined()
  })
})

describe('other checks', () => {
  it.each([
    [
      'that no context can meet',
      designationCheck('tenantId', 'acme'),
      { code: 'missing_designation', label: 'tenantId' },
    ],
    ['about something else', checkIf(pred('weather', 'fine')), { code: 'check_failed' }],
    [
      'rejecting what is never asserted',
      { ...reject(), queries: [{ body: [pred('weather', 'foul')] }] },
      { code: 'unsupported_block' },
    ],
  ])('a check of a holder %s refuses', async (_name, check, expected) => {
    await expectRefused(verify(appendBlock(await mint(), { checks: [check] })), { ...expected, block: 1, check: 0 })
  })
})

describe('the options of createContextVerifier', () => {
  it.each<[Partial<Record<keyof ContextVerifierOptions, unknown>>, RegExp]>([
    [{ keys: undefined }, /^keys: is required/],
    [{ subject: 'agent:alice' } as object, /^subject: unknown option/],
    [{ clockTolerance: 61 }, /^clockTolerance: /],
  ])('createContextVerifier refuses %j', (options, message) => {
    const build = () => createContextVerifier({ keys: root.publicKey, ...options } as ContextVerifierOptions)
    expect(build).toThrow(TypeError)
    expect(build).toThrow(message)
  })

  it.each<[object, RegExp]>([
    [{ subject: 7 }, /^subject: must be a string/],
    [{ excludes: 'pii' }, /^excludes: must be an array/],
    [{ excludes: ['web', ''] }, /^excludes\[1\]: must not be empty/],
    [{ excludes: ['b&a'] }, /^excludes\[0\]: .*compoundLabel/],
    [{ exclude: ['pii'] }, /^request.exclude: unknown option/],
  ])('a context verifier refuses the request %j', async (request, message) => {
    const verifier = createContextVerifier({ keys: root.publicKey, now })
    expect(await messageOf(verifier.verify(await mint(), request))).toMatch(message)
  })

  it('a context verifier throws a TypeError for a token that is not a string', async () => {
    expect(await messageOf(verify(7 as unknown as string))).toMatch(/^token: must be a string/)
  })
})

describe('one key signs every kind of token', () => {
  const capability = () =>
    mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read', now }, root.privateKey)
  const identity = () => forgeContext({ facts: [fact('subject', 'agent:alice')], checks: [timeCheck(END)] })

  it('a capability verifier refuses a context of the same root key', async () => {
    const verifier = createVerifier({ keys: root.publicKey, anchor: null, now })
    for (const token of [await mint(), await add(await mint(), 'pii')]) {
      await expectRefused(verifier.verify(token, { resource: 'invoices', operation: 'read' }), { code: 'wrong_kind' })
    }
  })

  it('everything that reads or writes contexts refuses the other kinds', async () => {
    const two = forgeContext(contextBlock({ facts: [fact('subject', 'agent:alice')] }))
    const twice = forgeContext(contextBlock({ facts: [fact('context', 'agent:bob')] }))
    const number = forgeContext({ facts: [fact('context', 7)], checks: [timeCheck(END)] })
    for (const token of [await capability(), identity(), two, twice, number]) {
      await expectRefused(verify(token), { code: 'wrong_kind', block: 0 })
      const options = { exposures: ['pii'], source: 'crm', now }
      await expectRefused(addExposure(token, root.privateKey, options), { code: 'wrong_kind' }, token)
    }
    for (const token of [await capability(), identity(), two, twice, number]) {
      await expectRefused(
        excludeExposures(token, root.publicKey, { exposures: ['pii'] }),
        { code: 'wrong_kind' },
        token,
      )
    }
  })
})
