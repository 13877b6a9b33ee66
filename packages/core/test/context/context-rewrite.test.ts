import { describe, expect, it } from 'vitest'
import {
  compactContext,
  excludeExposures,
  type ForkContextOptions,
  forkContext,
  inspect,
  revocationIds,
} from '../../src/index.ts'
import { add, contextBlock, END, exposureBlock, forgeContext, mint, now, reject, verify } from '../support/contexts.ts'
import {
  binary,
  checkAll,
  checkIf,
  checkIfAny,
  date,
  designationCheck,
  fact,
  pred,
  query,
  rejectIf,
  timeCheck,
  trusting,
  variable,
} from '../support/forge/datalog.ts'
import { appendBlock, sealToken } from '../support/forge/forge.ts'
import type { BlockSpec } from '../support/forge/model.ts'
import { mallory, root } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { sourcesByReference } from '../support/oracle/hessra.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const compact = (token: string, options = {}) => compactContext(token, root.privateKey, { now, ...options })
const fork = (token: string, options: Partial<ForkContextOptions> = {}) =>
  forkContext(token, root.privateKey, { subject: 'agent:alice:worker', now, ...options })

const byRoot = { external: root.privateKey }

describe('compactContext', () => {
  it('compactContext makes one block with the same labels, sources, subject, end and root key id', async () => {
    const token = await add(await add(await mint({ exposures: ['pii'], source: 'db', rootKeyId: 3 }), 'web'), 'mail')
    const compacted = await compact(token)
    expect(await inspect(compacted)).toMatchObject({ blocks: 1 })
    expect(await verify(compacted)).toMatchObject({
      subject: 'agent:alice',
      exposures: ['pii', 'web', 'mail'],
      sources: ['db', 'crm'],
      expiresAt: NOW + 3600,
      rootKeyId: 3,
    })
    expect(compacted.length).toBeLessThan(token.length)
    expect(await verify(token)).toBeDefined()
  })

  it('compactContext gives the result new revocation ids', async () => {
    const token = await mint()
    const compacted = await compact(token, { now: () => NOW + 1, expiresIn: 60 })
    expect(revocationIds(compacted)[0]).not.toBe(revocationIds(token)[0])
  })

  it('compactContext keeps an earlier end that a holder has set, unless it is told to renew', async () => {
    const token = appendBlock(await mint(), { checks: [timeCheck(NOW + 20, 't')] })
    expect(await verify(await compact(token))).toMatchObject({ expiresAt: NOW + 20 })
    expect(await verify(await compact(token, { now: () => NOW + 19 }))).toMatchObject({ expiresAt: NOW + 20 })
    expect(await verify(await compact(token, { expiresIn: '2h' }))).toMatchObject({ expiresAt: NOW + 7200 })
    expect(await verify(await compact(token, { expiresIn: 5 }))).toMatchObject({ expiresAt: NOW + 5 })
  })

  it('compactContext refuses an expired context', async () => {
    const token = await mint({ expiresIn: 60 })
    for (const options of [{}, { expiresIn: 60 }]) {
      await expectRefused(compact(token, { ...options, now: () => NOW + 60 }), { code: 'expired' })
    }
  })

  it('compactContext keeps what holders exclude and does not turn it into an exposure', async () => {
    const narrow = await excludeExposures(await add(await mint(), 'web'), root.publicKey, { exposures: ['pii', 'web'] })
    const third = appendBlock(narrow, { checks: [reject('mail')] }, { externalKey: mallory.privateKey })
    const compacted = await compact(await compact(third))
    expect(await verify(compacted)).toMatchObject({ exposures: ['web'] })
    for (const label of ['pii', 'web', 'mail']) {
      await expectRefused(verify(compacted, { excludes: [label] }), {
        code: 'exposed',
        label,
        block: 0,
      })
    }
    await expect(verify(compacted, { excludes: ['other'] })).resolves.toBeDefined()
  })

  it('compactContext keeps compound rejects of 2.0, each once whatever the order of members', async () => {
    const token = forgeContext(contextBlock({ checks: [reject('a', 'b'), reject('b', 'a')] }), [
      { checks: [reject('c', 'd')] },
    ])
    const compacted = await compact(token)
    for (const excludes of [
      ['a', 'b'],
      ['d', 'c'],
    ]) {
      await expectRefused(verify(compacted, { excludes }), { code: 'exposed' })
    }
    await expect(verify(compacted, { excludes: ['a', 'c'] })).resolves.toMatchObject({ exposures: [] })
    await expect(verify(compacted, { limits: { checks: 3 } })).resolves.toBeDefined()
  })

  it('compactContext writes the missing check for an authority label that no check rejects', async () => {
    const token = forgeContext(contextBlock({ facts: [fact('exposed_label', 'pii')] }))
    await expectRefused(verify(await compact(token), { excludes: ['pii'] }), {
      code: 'exposed',
      block: 0,
    })
  })

  it('compacting a context again does not make it larger', async () => {
    let token = await excludeExposures(await mint({ exposures: ['pii'], source: 'db' }), root.publicKey, {
      exposures: ['web'],
    })
    token = await compact(token)
    expect((await compact(await compact(token))).length).toBe(token.length)
  })

  it('compactContext rewrites a context of one block statement for statement', async () => {
    const token = await mint({ exposures: ['pii', 'web'], source: 'db' })
    expect(sourcesByReference(await compact(token), root.publicKey)).toEqual(sourcesByReference(token, root.publicKey))
  })

  it('compactContext drops a reject that follows from an exposure', async () => {
    const more = exposureBlock('b')
    const token = forgeContext(
      contextBlock({ ...more, checks: [...(more.checks ?? []), reject('a', 'b'), reject('b')] }),
    )
    const compacted = await compact(token)
    await expect(verify(compacted, { limits: { checks: 2 } })).resolves.toMatchObject({ exposures: ['b'] })
    await expectRefused(verify(compacted, { excludes: ['a', 'b'] }), { code: 'exposed' })
  })

  it('the compact form of a sealed context is not sealed', async () => {
    const compacted = await compact(sealToken(await add(await mint(), 'pii')))
    expect(await inspect(compacted)).toMatchObject({ sealed: false })
    await expectRefused(verify(compacted, { excludes: ['pii'] }), { code: 'exposed' })
  })

  it('compactContext never prolongs an end that a number cannot hold exactly', async () => {
    const token = forgeContext({ facts: [fact('context', 'agent:alice')], checks: [timeCheck(2n ** 62n)] })
    expect(await verify(await compact(token))).toMatchObject({ expiresAt: Number.MAX_SAFE_INTEGER })
  })

  it.each<[Record<string, unknown>, RegExp]>([
    [{ expiresIn: -1 }, /^expiresIn: /],
    [{ now: 7 }, /^now: /],
    [{ subject: 'agent:bob' }, /^subject: unknown option/],
  ])('compactContext refuses %j', async (options, message) => {
    expect(await messageOf(compact(await mint(), options))).toMatch(message)
  })
})

describe('forkContext', () => {
  it('forkContext gives the child all labels, exclusions and the end of its parent', async () => {
    const parent = await excludeExposures(
      await add(await mint({ exposures: ['pii'], source: 'db' }), 'web'),
      root.publicKey,
      {
        exposures: ['mail'],
      },
    )
    const child = await fork(parent)
    expect(await verify(child, { subject: 'agent:alice:worker:7' })).toMatchObject({
      subject: 'agent:alice:worker',
      exposures: ['pii', 'web'],
      sources: ['inherited', 'db', 'crm'],
      expiresAt: NOW + 3600,
    })
    for (const label of ['pii', 'web', 'mail']) {
      await expectRefused(verify(child, { excludes: [label] }), { code: 'exposed' })
    }
    await expectRefused(verify(child, { subject: 'agent:alice' }), { code: 'wrong_subject' })
  })

  it('a fork of a context without exposures has none', async () => {
    expect(await verify(await fork(await mint()))).toMatchObject({ exposures: [], sources: [] })
  })

  it('forkContext marks labels as inherited once, over any number of generations', async () => {
    const grandchild = await fork(await fork(await mint({ exposures: ['pii'], source: 'db' })))
    expect(await verify(grandchild)).toMatchObject({ sources: ['inherited', 'db'] })
  })

  it('a forked context ends with its parent by default, or as it is told', async () => {
    const parent = appendBlock(await mint(), { checks: [timeCheck(NOW + 20, 't')] })
    expect(await verify(await fork(parent))).toMatchObject({ expiresAt: NOW + 20 })
    expect(await verify(await fork(parent, { expiresIn: '10s' }))).toMatchObject({ expiresAt: NOW + 10 })
    expect(await verify(await fork(parent, { expiresIn: '2h' }))).toMatchObject({ expiresAt: NOW + 7200 })
    await expectRefused(fork(parent, { now: () => NOW + 20 }), { code: 'expired' })
  })

  it('a forked context does not get exposures that its parent gets later', async () => {
    const parent = await mint()
    const child = await fork(parent)
    await add(parent, 'pii')
    expect(await verify(child, { excludes: ['pii'] })).toMatchObject({ exposures: [] })
  })

  it.each<[Partial<Record<keyof ForkContextOptions | 'exposures', unknown>>, RegExp]>([
    [{ subject: undefined }, /^subject: must be a string/],
    [{ subject: '' }, /^subject: must not be empty/],
    [{ expiresIn: '1 h' }, /^expiresIn: /],
    [{ now: 7 }, /^now: /],
    [{ exposures: [] }, /^exposures: unknown option/],
  ])('forkContext refuses %j', async (options, message) => {
    expect(await messageOf(fork(await mint(), options as Partial<ForkContextOptions>))).toMatch(message)
  })

  it('forkContext names the subject option when the subject makes the token too large', async () => {
    const full = await mint({ exposures: ['a', 'b'].map((name) => name.repeat(4000)), source: 's'.repeat(3000) })
    expect(await messageOf(fork(full, { subject: 'x'.repeat(4000) }))).toMatch(/^subject: .*16384/)
  })
})

describe('compactContext and forkContext refuse what they cannot take along', () => {
  const time = pred('time', variable('t'))
  const odd: readonly (readonly [string, BlockSpec, { block: number; check?: number }])[] = [
    ['a designation', { checks: [designationCheck('tenantId', 'acme')] }, { block: 1, check: 0 }],
    ['a beginning', { checks: [checkIf(time, binary(variable('t'), 'greaterThan', NOW - 5))] }, { block: 1, check: 0 }],
    [
      'an end of another form',
      { checks: [checkIf(time, binary(variable('t'), 'lessOrEqual', END))] },
      { block: 1, check: 0 },
    ],
    [
      'an end as a date',
      { checks: [checkIf(time, binary(variable('t'), 'lessThan', date(END)))] },
      { block: 1, check: 0 },
    ],
    [
      'an end in a `check all`',
      { checks: [checkAll(time, binary(variable('t'), 'lessThan', END))] },
      { block: 1, check: 0 },
    ],
    [
      'an end with an `or`',
      { checks: [timeCheck(END), checkIfAny(timeCheck(END).queries[0]!, query(pred('vip', 'alice')))] },
      { block: 1, check: 1 },
    ],
    [
      'an end with a scope',
      { checks: [{ queries: timeCheck(END).queries.map((only) => trusting(only, 'authority')) }] },
      { block: 1, check: 0 },
    ],
    ['a reject of three labels', { checks: [reject('pii'), reject('a', 'b', 'c')] }, { block: 1, check: 1 }],
    [
      'a reject with an `or`',
      { checks: [{ kind: 'reject', queries: [query(pred('exposure', 'a')), query(pred('exposure', 'b'))] }] },
      { block: 1, check: 0 },
    ],
    ['a reject of any label', { checks: [rejectIf(pred('exposure', variable('x')))] }, { block: 1, check: 0 }],
    [
      'a reject of a label and a variable',
      { checks: [rejectIf(pred('exposure', 'a'), pred('exposure', variable('x')))] },
      { block: 1, check: 0 },
    ],
    [
      'a reject of a label and the time',
      { checks: [rejectIf(pred('exposure', 'a'), pred('time', variable('t')))] },
      { block: 1, check: 0 },
    ],
    [
      'a reject on a condition',
      { checks: [rejectIf(pred('exposure', variable('x')), binary(variable('x'), 'startsWith', 'classification:'))] },
      { block: 1, check: 0 },
    ],
    [
      'a reject of a label on a condition that holds',
      { checks: [rejectIf(pred('exposure', 'a'), binary(1, 'lessThan', 2))] },
      { block: 1, check: 0 },
    ],
    ['a reject of something else', { checks: [rejectIf(pred('weather', 'foul'))] }, { block: 1, check: 0 }],
    ['a reject of two terms', { checks: [rejectIf(pred('exposure', 'a', 'b'))] }, { block: 1, check: 0 }],
    ['a reject of a number', { checks: [rejectIf(pred('exposure', 7))] }, { block: 1, check: 0 }],
    ['a reject of nothing', { checks: [{ kind: 'reject', queries: [] }] }, { block: 1, check: 0 }],
    [
      'a reject with a scope',
      { checks: [{ kind: 'reject', queries: [trusting(query(pred('exposure', 'a')), { key: mallory.publicKey })] }] },
      { block: 1, check: 0 },
    ],
    ['a `check if` of an exposure', { checks: [checkIf(pred('exposure', 'a'))] }, { block: 1, check: 0 }],
    ['a block with a scope', { checks: [reject('a')], scope: ['previous'] }, { block: 1 }],
    ['a fact of a holder', { facts: [fact('exposed_label', 'pii')] }, { block: 1 }],
    ['a fact of the time', { facts: [fact('time', NOW)] }, { block: 1 }],
    ['an unknown fact of the authority', { facts: [fact('cleared', 'pii')], signing: byRoot }, { block: 1 }],
    ['a second context of the authority', { facts: [fact('context', 'agent:bob')], signing: byRoot }, { block: 1 }],
    [
      'a second context beside an exposure',
      { facts: [fact('exposed_label', 'pii'), fact('context', 'agent:bob')], signing: byRoot },
      { block: 1 },
    ],
    ['a source of two terms', { facts: [fact('exposure_source', 'crm', 'db')], signing: byRoot }, { block: 1 }],
  ]

  it.each(odd)('compactContext and forkContext refuse %s', async (_name, block, place) => {
    const token = forgeContext(contextBlock(), [block])
    for (const write of [() => compact(token), () => compact(token, { expiresIn: 60 }), () => fork(token)]) {
      await expectRefused(write(), { code: 'unsupported_block', ...place })
    }
  })

  it('an unknown statement in the authority block is refused too: a fact, a check, the rule of identities', async () => {
    const rule = {
      head: pred('subject', variable('d'), variable('s')),
      body: [pred('namespace', variable('d')), pred('subject', variable('s'))],
    }
    for (const more of [
      { facts: [fact('cleared', 'pii')] },
      { checks: [designationCheck('a', 'b')] },
      { rules: [rule] },
    ]) {
      const token = forgeContext(contextBlock(more))
      await expectRefused(compact(token), { code: 'unsupported_block', block: 0 })
    }
  })

  it('every statement that the authority itself writes is taken along', async () => {
    const token = forgeContext(contextBlock(exposureBlock('pii')), [{ ...exposureBlock('web'), signing: byRoot }])
    expect(await verify(await compact(token))).toMatchObject({ exposures: ['pii', 'web'], sources: ['crm'] })
  })
})
