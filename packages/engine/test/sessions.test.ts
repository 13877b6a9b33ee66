import { createContextVerifier, excludeExposures, mintContext } from '@writ/core'
import { describe, expect, test } from 'vitest'
import { createSessions, parseSchema } from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

const POLICY = `
[[objects]]
id = "agent:alice"
can_delegate = true
subordinates = "inherit"
capabilities = [
  { target = "crm", operations = ["read"] },
  { target = "web", operations = ["read"] },
  { target = "tool:email", operations = ["send"] },
  { target = "tool:pay", operations = ["send"] },
]
[[objects]]
id = "agent:bob"
capabilities = [{ target = "tool:email", operations = ["send"] }]

[classifications]
crm = ["pii:name", "pii:ssn"]
web = ["untrusted:web"]

[[exposure_rules]]
labels = ["pii:*"]
blocks = ["tool:email"]
[[exposure_rules]]
labels = ["pii:*", "untrusted:*"]
match = "all"
blocks = ["tool:pay"]
`
const alice = { subject: 'agent:alice' }
const CRM = { ...alice, target: 'crm', operation: 'read' }
const WEB = { ...alice, target: 'web', operation: 'read' }
const EMAIL = { ...alice, target: 'tool:email', operation: 'send' }
const PAY = { ...alice, target: 'tool:pay', operation: 'send' }

const verifier = createContextVerifier({ keys: keys.publicKey, now: () => NOW })
const exposuresOf = async (context: string | undefined) => (await verifier.verify(context ?? '')).exposures

describe('a session', () => {
  test('is exposed to the classification of every capability that is minted in it', async () => {
    const engine = engineOf(POLICY)
    const clean = await engine.mintContext(alice)
    await engine.mint({ ...EMAIL, context: clean })
    const { context } = await engine.mint({ ...CRM, context: clean })
    expect(await exposuresOf(context)).toEqual(['pii:name', 'pii:ssn'])
    const error = await refusalOf(engine.mint({ ...EMAIL, context }))
    expect([error.step, error.code, error.labels]).toEqual(['exposure', 'exposed', ['pii:name', 'pii:ssn']])
  })

  test('does not shed exposure by an older copy of its context', async () => {
    const engine = engineOf(POLICY)
    const clean = await engine.mintContext(alice)
    await engine.mint({ ...CRM, context: clean })
    expect((await refusalOf(engine.mint({ ...EMAIL, context: clean }))).code).toBe('exposed')
  })

  test('does not shed exposure by a new session, nor by one of a name below', async () => {
    const engine = engineOf(POLICY)
    await engine.mint({ ...CRM, context: await engine.mintContext(alice) })
    for (const subject of ['agent:alice', 'agent:alice:worker']) {
      const context = await engine.mintContext({ subject })
      expect(await exposuresOf(context)).toEqual(['pii:name', 'pii:ssn'])
      expect((await refusalOf(engine.mint({ ...EMAIL, subject, context }))).code).toBe('exposed')
    }
  })

  test('does not shed the exposure of another one that its subject opened before', async () => {
    const engine = engineOf(POLICY)
    const reads = await engine.mintContext(alice)
    const sends = await engine.mintContext(alice)
    await engine.mint({ ...CRM, context: reads })
    expect((await refusalOf(engine.mint({ ...EMAIL, context: sends }))).code).toBe('exposed')
  })

  test('does not shed what a session of a name below was exposed to, whose bearer it may be', async () => {
    const engine = engineOf(POLICY)
    const subject = 'agent:alice:worker'
    await engine.mint({ ...CRM, subject, context: await engine.mintContext({ subject }) })
    const context = await engine.mintContext(alice)
    expect((await refusalOf(engine.mint({ ...EMAIL, context }))).code).toBe('exposed')
  })

  test('keeps what a related session was exposed to, also when that has ended', async () => {
    let time = NOW
    const engine = engineOf(POLICY, { now: () => time })
    const short = await engine.mintContext({ ...alice, expiresIn: 60 })
    const long = await engine.mintContext(alice)
    await engine.mint({ ...CRM, context: short })
    await engine.mint({ ...WEB, context: long })
    time += 60
    expect((await refusalOf(engine.mint({ ...EMAIL, context: long }))).code).toBe('exposed')
  })

  test('that is opened fresh counts what is seen after that, also in older sessions', async () => {
    const engine = engineOf(POLICY)
    const older = await engine.mintContext(alice)
    await engine.mint({ ...CRM, context: older })
    const fresh = await engine.mintContext({ ...alice, fresh: true })
    await engine.mint({ ...WEB, context: older })
    await engine.mint({ ...EMAIL, context: fresh })
    await engine.mint({ ...CRM, context: older })
    expect((await refusalOf(engine.mint({ ...EMAIL, context: fresh }))).code).toBe('exposed')
  })

  test('lives for a day at most', async () => {
    const context = await engineOf(POLICY).mintContext({ ...alice, expiresIn: '7d' })
    expect((await verifier.verify(context)).expiresAt).toBe(NOW + 86_400)
  })

  test('that is opened fresh starts clean, and one of somebody else is clean anyway', async () => {
    const engine = engineOf(POLICY)
    await engine.mint({ ...CRM, context: await engine.mintContext(alice) })
    await engine.mint({ ...EMAIL, context: await engine.mintContext({ ...alice, fresh: true }) })
    await engine.mint({ ...EMAIL, subject: 'agent:bob', context: await engine.mintContext({ subject: 'agent:bob' }) })
  })

  test('blocks by a rule of match "all" only when every pattern is met', async () => {
    const engine = engineOf(POLICY)
    const first = await engine.mintContext(alice)
    const { context } = await engine.mint({ ...CRM, context: first })
    await engine.mint({ ...PAY, context })
    const { context: both } = await engine.mint({ ...WEB, context })
    expect((await refusalOf(engine.mint({ ...PAY, context: both }))).labels).toEqual([
      'pii:name',
      'pii:ssn',
      'untrusted:web',
    ])
  })

  test('is shared by its forks: what a child is exposed to counts for its parent, and the other way round', async () => {
    const engine = engineOf(POLICY)
    const parent = await engine.mintContext(alice)
    const subject = 'agent:alice:worker'
    const fork = await engine.forkContext(parent, { subject })
    await engine.mint({ ...CRM, subject, context: fork })
    expect((await refusalOf(engine.mint({ ...EMAIL, context: parent }))).code).toBe('exposed')
    await engine.mint({ ...WEB, context: parent })
    expect((await refusalOf(engine.mint({ ...PAY, subject, context: fork }))).code).toBe('exposed')
  })

  test('has forks that carry all labels of the record and live no longer than the parent', async () => {
    const engine = engineOf(POLICY)
    const parent = await engine.mintContext({ ...alice, expiresIn: 60 })
    await engine.mint({ ...CRM, context: parent })
    const fork = await verifier.verify(
      await engine.forkContext(parent, { subject: 'agent:alice:worker', expiresIn: '1h' }),
    )
    expect(fork).toMatchObject({
      subject: 'agent:alice:worker',
      exposures: ['pii:name', 'pii:ssn'],
      expiresAt: NOW + 60,
    })
    const shorter = await engine.forkContext(parent, { subject: 'agent:alice:worker', expiresIn: 5 })
    expect((await verifier.verify(shorter)).expiresAt).toBe(NOW + 5)
  })

  test('is forked only for its subject and the names below it', async () => {
    const engine = engineOf(POLICY)
    const context = await engine.mintContext(alice)
    const error = await refusalOf(engine.forkContext(context, { subject: 'agent:bob' }))
    expect([error.step, error.code]).toEqual(['context', 'wrong_context'])
    expect((await refusalOf(engine.forkContext(context, { subject: 'mallory' }))).code).toBe('unknown_subject')
  })

  test('is good for its subject and the names below it, and for nobody else', async () => {
    const engine = engineOf(POLICY)
    const context = await engine.mintContext(alice)
    await engine.mint({ ...EMAIL, subject: 'agent:alice:worker', context })
    const error = await refusalOf(engine.mint({ ...EMAIL, subject: 'agent:bob', context }))
    expect([error.step, error.code]).toEqual(['context', 'wrong_context'])
  })

  test('records exposures from outside, in the record and in the context', async () => {
    const engine = engineOf(POLICY)
    const clean = await engine.mintContext(alice)
    const exposed = await engine.addExposure(clean, { exposures: ['pii:note'], source: 'upload' })
    expect(await exposuresOf(exposed)).toEqual(['pii:note'])
    expect((await refusalOf(engine.mint({ ...EMAIL, context: clean }))).labels).toEqual(['pii:note'])
  })

  test('cannot be shed by a holder who narrows a clean copy himself', async () => {
    const engine = engineOf(POLICY)
    const clean = await engine.mintContext(alice)
    await engine.mint({ ...CRM, context: clean })
    const narrowed = await excludeExposures(clean, keys.publicKey, { exposures: ['other'] })
    expect((await refusalOf(engine.mint({ ...EMAIL, context: narrowed }))).code).toBe('exposed')
  })

  test('is unknown if the engine has not opened it, even if its own key signed the context', async () => {
    const foreign = await mintContext({ ...alice, now: () => NOW }, keys.privateKey)
    const error = await refusalOf(engineOf(POLICY).mint({ ...CRM, context: foreign }))
    expect([error.step, error.code]).toEqual(['context', 'unknown_session'])
  })

  test('ends with its context', async () => {
    let time = NOW
    const engine = engineOf(POLICY, { now: () => time })
    const context = await engine.mintContext({ ...alice, expiresIn: 60 })
    await engine.mint({ ...CRM, context })
    time += 60
    const error = await refusalOf(engine.mint({ ...WEB, context }))
    expect([error.step, error.code]).toEqual(['context', 'wrong_context'])
    expect(
      await engine
        .mintContext(alice)
        .then((token) => createContextVerifier({ keys: keys.publicKey, now: () => time }).verify(token)),
    ).toMatchObject({
      exposures: [],
    })
  })

  test('is not exposed by a mint that is refused, nor by a dry run', async () => {
    const singleUse = { issue: () => Promise.reject(new Error('down')), consume: () => false }
    const engine = engineOf(POLICY, { singleUse })
    const context = await engine.mintContext(alice)
    await refusalOf(engine.mint({ ...CRM, context, singleUse: true }))
    expect(await engine.evaluate({ ...CRM, context })).toMatchObject({ allowed: true })
    expect((await engine.mint({ ...EMAIL, context })).capability).toBeTypeOf('string')
  })

  test('lets two mints at once not both pass where each precludes the other', async () => {
    const engine = engineOf(POLICY)
    const context = await engine.mintContext(alice)
    const outcomes = await Promise.allSettled([engine.mint({ ...CRM, context }), engine.mint({ ...EMAIL, context })])
    const passed = outcomes.map(({ status }) => status === 'fulfilled')
    const after = await engine.evaluate({ ...EMAIL, context })
    expect(passed[0]).toBe(true)
    expect(after.allowed).toBe(false)
  })

  test('has its exposures looked at again after the resolver has run', async () => {
    let engine = engineOf(POLICY)
    const sessions = createSessions({ now: () => NOW })
    const exposing = engineOf(POLICY, { sessions })
    const context = await exposing.mintContext(alice)
    engine = engineOf(POLICY, {
      sessions,
      resolver: async () => {
        await exposing.mint({ ...CRM, context })
        return {}
      },
    })
    expect((await refusalOf(engine.mint({ ...EMAIL, context }))).code).toBe('exposed')
  })
})

describe('a record of sessions in memory', () => {
  test('forgets sessions that have ended, and keeps those that have not', async () => {
    let time = NOW
    const sessions = createSessions({ now: () => time })
    const open = (subject: string, id: string, expiresAt: number) =>
      sessions.open({ subject, fresh: false }, async (inherited) => ({
        result: inherited,
        exposures: ['pii'],
        context: { id, expiresAt },
      }))
    await open('agent:bob', 'long', NOW + 1000)
    for (let index = 0; index < 1200; index++) await open(`agent:${index}`, `short-${index}`, NOW + 1)
    time += 1
    expect(await open('agent:7', 'again', NOW + 1000)).toEqual([])
    for (let index = 0; index < 1200; index++) await open(`agent:${index}`, `later-${index}`, NOW + 2)
    const known = async (id: string) =>
      await sessions.within(id, async (session) => ({ result: session !== undefined, exposures: [] }))
    expect([await known('long'), await known('short-7')]).toEqual([true, false])
    expect(await open('agent:bob:worker', 'child', NOW + 1000)).toEqual(['pii'])
  })

  test('rejects a clock that is no function', () => {
    expect(() => createSessions({ now: 7 as never })).toThrow(new TypeError('now: must be a function'))
  })
})

describe('a target that demands a context', () => {
  const schema = parseSchema(`
[[targets]]
id = "crm"
context = "required"
operations = [{ name = "read" }]
[[targets]]
id = "web"
operations = [{ name = "read" }]
[[targets]]
id = "tool:email"
operations = [{ name = "send" }]
[[targets]]
id = "tool:pay"
operations = [{ name = "send" }]
`)

  test('is refused without one', async () => {
    const engine = engineOf(POLICY, { schema })
    const error = await refusalOf(engine.mint(CRM))
    expect([error.step, error.code]).toEqual(['context', 'context_required'])
    await engine.mint({ ...CRM, context: await engine.mintContext(alice) })
    await engine.mint(WEB)
  })
})
