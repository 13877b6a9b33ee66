import { createVerifier, defineSchema } from '@writ/core'
import { describe, expect, test } from 'vitest'
import {
  composeResolvers,
  createEngine,
  createSessions,
  EngineError,
  type Grant,
  type MintRequest,
  type PolicyBackend,
  parsePolicy,
} from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

const POLICY = `
[[objects]]
id = "agent:alice"
capabilities = [
  { target = "crm", operations = ["read"], designations = [{ label = "tenantId", value = "acme" }], anchor = "agent:alice" },
  { target = "mail", operations = ["send"] },
]
[classifications]
crm = ["pii"]
[[exposure_rules]]
labels = ["pii"]
blocks = ["mail"]
`
const ask = { subject: 'agent:alice', target: 'mail', operation: 'send' }
const now = () => NOW

/** A policy of another make: what `parsePolicy` says, but for some members. */
function backendOf(changed: object = {}, ofSubject: object = {}): PolicyBackend {
  const policy = parsePolicy(POLICY)
  return {
    find: async (name) => {
      const found = policy.find(name)
      return (
        found && {
          identity: found.identity,
          grant: found.grant.bind(found),
          grants: () => found.grants(),
          ...ofSubject,
        }
      )
    },
    classification: policy.classification,
    precluding: policy.precluding,
    subjects: policy.subjects,
    holders: policy.holders,
    ...changed,
  }
}

const grantOf = (changed: object) => ({ grant: () => ({ ...grant, ...changed }) as Grant })
const grant: Grant = { target: 'mail', operations: ['send'], designations: new Map([['tenantId', 'acme']]) }

describe('a policy of another make', () => {
  const fails = () => Promise.reject(new Error('the database is down'))
  const broken: [string, PolicyBackend][] = [
    ['whose look-up of a subject fails', backendOf({ find: fails })],
    ['whose look-up of a grant fails', backendOf({}, { grant: fails })],
    ['whose subject has no grant', backendOf({}, { grant: undefined })],
    ['whose subject is a text', backendOf({ find: () => 'agent:alice' })],
    ['whose parent is no name', backendOf({}, { parent: { toString: () => 'agent:alice' } })],
    ['whose parent is null', backendOf({}, { parent: null })],
    ['whose identity has no end', backendOf({}, { identity: { ttl: Number.NaN, delegatable: false } })],
    ['whose identity is delegatable by a text', backendOf({}, { identity: { ttl: 60, delegatable: 'false' } })],
    ['whose pairs are missing', backendOf({}, grantOf({ designations: undefined }))],
    ['whose pairs are an object', backendOf({}, grantOf({ designations: { tenantId: 'acme' } }))],
    ['whose pairs are an empty list', backendOf({}, grantOf({ designations: [] }))],
    ['whose pairs are no texts', backendOf({}, grantOf({ designations: new Map([['tenantId', undefined]]) }))],
    ['whose lifetime is no number', backendOf({}, grantOf({ maxTtl: Number.NaN }))],
    ['whose lifetime has passed', backendOf({}, grantOf({ maxTtl: 0 }))],
    ['whose anchor is null', backendOf({}, grantOf({ anchor: null }))],
    ['whose anchor is a promise', backendOf({}, grantOf({ anchor: Promise.resolve('agent:alice') }))],
  ]

  test.each(broken)('%s mints nothing: unavailable', async (_, policy) => {
    const engine = createEngine({ policy, keys, now })
    const error = await refusalOf(engine.mint(ask))
    expect(error).toMatchObject({ code: 'unavailable', subject: 'agent:alice', target: 'mail', operation: 'send' })
    expect(error.cause).toBeInstanceOf(Error)
    expect(await engine.evaluate(ask)).toMatchObject({ allowed: false, error: { code: 'unavailable' } })
  })

  test('whose ancestor fails or is none mints nothing', async () => {
    for (const found of [Promise.reject(new Error('down')), 7]) {
      const policy = backendOf()
      const find = async (name: string) => {
        if (name !== 'agent:bob') return (await found) as never
        return { ...(await policy.find('agent:alice'))!, parent: 'agent:alice' }
      }
      const error = await refusalOf(
        createEngine({ policy: { ...policy, find }, keys, now }).mint({ ...ask, subject: 'agent:bob' }),
      )
      expect(error).toMatchObject({ step: 'chain', code: 'unavailable', ancestor: 'agent:alice' })
    }
  })

  test('whose parents lead in a circle mints nothing, in bounded time', async () => {
    let asked = 0
    const policy = backendOf()
    const find = async () => {
      asked++
      return { ...(await policy.find('agent:alice'))!, parent: 'agent:bob' }
    }
    const engine = createEngine({ policy: { ...policy, find }, keys, now })
    expect(await refusalOf(engine.mint(ask))).toMatchObject({ step: 'chain', code: 'ancestor_lacks_grant' })
    expect(asked).toBeLessThan(100)
  })

  test('that answers about exposure later does not let an exposed session pass', async () => {
    const { precluding, classification } = backendOf()
    const late = { precluding: async (...args: Parameters<typeof precluding>) => precluding(...args) }
    for (const changed of [late, { precluding: () => undefined }, { precluding: () => 'pii' }]) {
      const engine = createEngine({ policy: backendOf(changed), keys, now, sessions: createSessions({ now }) })
      const context = await engine.mintContext({ subject: 'agent:alice' })
      expect(await refusalOf(engine.mint({ ...ask, context }))).toMatchObject({ step: 'exposure', code: 'unavailable' })
    }
    const lateLabels = { classification: async (target: string) => classification(target) }
    const engine = createEngine({ policy: backendOf(lateLabels), keys, now, sessions: createSessions({ now }) })
    const context = await engine.mintContext({ subject: 'agent:alice' })
    expect(await refusalOf(engine.mint({ ...ask, context }))).toMatchObject({ step: 'exposure', code: 'unavailable' })
  })

  test('that changes a grant while a mint waits for its resolver changes nothing of the mint', async () => {
    const live = { target: 'mail', operations: ['send'], anchor: 'service:mail', maxTtl: 10, designations: new Map() }
    const resolver = async () => {
      Object.assign(live, { anchor: undefined, maxTtl: 9999 })
      return {}
    }
    const engine = createEngine({ policy: backendOf({}, { grant: () => live }), keys, now, resolver })
    expect(await engine.mint(ask)).toMatchObject({ anchor: 'service:mail', expiresAt: NOW + 10 })
  })

  test('that fails is unavailable for identities, sessions and lists too', async () => {
    const engine = createEngine({ policy: backendOf({ find: fails }), keys, now, sessions: createSessions({ now }) })
    const { subject } = ask
    for (const act of [
      engine.mintIdentity({ subject }),
      engine.mintContext({ subject }),
      engine.capabilitiesOf(subject),
    ]) {
      expect(await refusalOf(act)).toMatchObject({ code: 'unavailable', subject })
    }
    expect(await refusalOf(engine.whoCan('mail', 'send'))).toMatchObject({ code: 'unavailable' })
  })
})

describe('a request', () => {
  test('is read once: a member that changes between reads decides by its first value', async () => {
    let reads = 0
    const shifty = {
      subject: 'agent:alice',
      operation: 'send',
      get target() {
        return reads++ === 0 ? 'mail' : 'payouts'
      },
    }
    const { target } = await engineOf(POLICY).mint(shifty as MintRequest)
    expect([target, reads]).toEqual(['mail', 1])
  })

  test('that its caller changes while the mint waits mints what was asked for', async () => {
    const designations: Record<string, string> = { tenantId: 'acme' }
    const request = { ...ask, designations, anchor: 'service:mail', singleUse: false }
    const minting = engineOf(POLICY).mint(request)
    designations['tenantId'] = 'globex'
    Object.assign(request, { subject: 'agent:mallory', anchor: 'service:mallory' })
    const minted = await minting
    expect(minted).toMatchObject({ subject: 'agent:alice', designations: { tenantId: 'acme' }, anchor: 'service:mail' })
    const verifier = createVerifier({ keys: keys.publicKey, anchor: 'service:mail', now })
    const proven = await verifier.verify(minted.capability, {
      resource: 'mail',
      operation: 'send',
      designations: { tenantId: 'acme' },
    })
    expect(proven.subject).toBe('agent:alice')
  })

  test('whose traps answer differently each time mints what the first answers say', async () => {
    const answers = new Map<PropertyKey, number>()
    const proxy = new Proxy({ ...ask, designations: { tenantId: 'acme' } } as Record<PropertyKey, unknown>, {
      get: (from, key) => {
        answers.set(key, (answers.get(key) ?? 0) + 1)
        return answers.get(key) === 1 ? from[key] : 'mallory'
      },
    })
    expect(await engineOf(POLICY).mint(proxy as never)).toMatchObject({ ...ask, designations: { tenantId: 'acme' } })
  })

  test.each<[string, unknown]>([
    ['a map', new Map([['tenantId', 'acme']])],
    ['a promise', Promise.resolve({ tenantId: 'acme' })],
    ['a set', new Set(['tenantId'])],
    ['a list', [['tenantId', 'acme']]],
    ['null', null],
  ])('whose designations are %s is refused, because it would name nothing', async (_, designations) => {
    const refusal = { step: 'designations', code: 'wrong_designation' }
    expect(await refusalOf(engineOf(POLICY).mint({ ...ask, designations } as never))).toMatchObject(refusal)
    // A resolver may answer later.
    if (designations instanceof Promise) return
    const resolver = () => designations as never
    expect(await refusalOf(engineOf(POLICY, { resolver }).mint(ask))).toMatchObject(refusal)
    const composed = composeResolvers(resolver)
    expect(await refusalOf(engineOf(POLICY, { resolver: composed }).mint(ask))).toMatchObject({ step: 'designations' })
  })

  test('may use a name that objects have by nature as a label, and no other place for it', async () => {
    const designations = JSON.parse('{"__proto__": "acme", "constructor": "7"}')
    const minted = await engineOf(POLICY).mint({ ...ask, designations })
    expect(Object.entries(minted.designations)).toEqual([
      ['__proto__', 'acme'],
      ['constructor', '7'],
    ])
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(await refusalOf(engineOf(POLICY).mint({ ...ask, subject: name }))).toMatchObject({
        code: 'unknown_subject',
      })
      expect(await refusalOf(engineOf(POLICY).mint({ ...ask, target: name }))).toMatchObject({ code: 'not_granted' })
    }
    const polluted = JSON.parse(
      '{"subject":"agent:alice","target":"mail","operation":"send","__proto__":{"singleUse":true}}',
    )
    await expect(engineOf(POLICY).mint(polluted)).rejects.toThrow(TypeError)
  })

  test('for a lifetime that is none is a TypeError, and for an endless one as short as the policy says, or an hour', async () => {
    for (const expiresIn of ['9999999999999999s', Number.POSITIVE_INFINITY, -1, 0, '1y']) {
      await expect(engineOf(POLICY).mint({ ...ask, expiresIn })).rejects.toThrow(/^expiresIn: /)
      await expect(engineOf(POLICY).evaluate({ ...ask, expiresIn })).rejects.toThrow(TypeError)
    }
    const short = POLICY.replace('operations = ["send"]', 'operations = ["send"], max_ttl = 5')
    expect((await engineOf(short).mint({ ...ask, expiresIn: Number.MAX_SAFE_INTEGER })).expiresAt).toBe(NOW + 5)
    expect((await engineOf(POLICY).mint({ ...ask, expiresIn: Number.MAX_SAFE_INTEGER })).expiresAt).toBe(NOW + 3600)
  })

  test('for a session sheds no exposure by a text where true or false must be', async () => {
    const engine = engineOf(POLICY)
    await expect(engine.mintContext({ subject: 'agent:alice', fresh: 'false' as never })).rejects.toThrow(/^fresh: /)
    await expect(engine.mintIdentity({ subject: 'agent:alice', delegatable: 'no' as never })).rejects.toThrow(
      /^delegatable: /,
    )
  })

  test('records an exposure as it was given, not letter by letter', async () => {
    const engine = engineOf(POLICY)
    const context = await engine.mintContext({ subject: 'agent:alice' })
    const add = (exposures: unknown) => engine.addExposure(context, { exposures, source: 'mail' } as never)
    await expect(add('pii')).rejects.toThrow(/^exposures: /)
    await expect(add(new Set(['pii']))).rejects.toThrow(/^exposures: /)
    await expect(add([7])).rejects.toThrow(/^exposures\[0\]: /)
    const exposed = await add(['pii'])
    expect(await refusalOf(engine.mint({ ...ask, context: exposed }))).toMatchObject({ code: 'exposed' })
  })

  test('for a name of a million segments is refused at once', async () => {
    const policy = `${POLICY}[[objects]]\nid = "agent:bob"\nsubordinates = "inherit"\n`
    const subject = `agent:bob${':x'.repeat(1_000_000)}`
    expect(await refusalOf(engineOf(policy).mint({ ...ask, subject }))).toMatchObject({ code: 'unknown_subject' })
  })
})

describe('other parts', () => {
  test('a resolver may ask the same engine in the same session, and nothing waits for itself', async () => {
    let inner: string | undefined
    const resolver = async ({ target }: { target: string }) => {
      if (target === 'mail')
        inner = (await engine.mint({ ...ask, target: 'crm', operation: 'read', context })).capability
      return {}
    }
    const engine = engineOf(POLICY, { resolver: resolver as never })
    const context = await engine.mintContext({ subject: 'agent:alice' })
    // The inner mint exposes the session, and so the outer one is refused when it is looked at again.
    expect(await refusalOf(engine.mint({ ...ask, context }))).toMatchObject({ step: 'exposure', code: 'exposed' })
    expect(inner).toBeTypeOf('string')
  })

  test('a context of another engine with the same key is unknown here', async () => {
    const context = await engineOf(POLICY).mintContext({ subject: 'agent:alice' })
    expect(await refusalOf(engineOf(POLICY).mint({ ...ask, context }))).toMatchObject({ code: 'unknown_session' })
  })

  test('many mints at once in one session expose it once and for all', async () => {
    const engine = engineOf(POLICY)
    const context = await engine.mintContext({ subject: 'agent:alice' })
    const act = (target: string, operation: string) =>
      engine.mint({ subject: 'agent:alice', target, operation, context })
    const outcomes = await Promise.allSettled([
      act('crm', 'read'),
      ...Array.from({ length: 10 }, () => act('mail', 'send')),
    ])
    const after = await refusalOf(act('mail', 'send'))
    expect(outcomes[0]?.status).toBe('fulfilled')
    expect(after.code).toBe('exposed')
  })

  test('a record of sessions that fails is unavailable', async () => {
    const down = () => Promise.reject(new Error('the database is down'))
    const sessions = createSessions({ now })
    const context = await engineOf(POLICY, { sessions }).mintContext({ subject: 'agent:alice' })
    const engine = engineOf(POLICY, { sessions: { open: down, within: down } })
    const refusals = [engine.mint({ ...ask, context }), engine.mintContext({ subject: 'agent:alice' })]
    for (const act of [...refusals, engine.addExposure(context, { exposures: ['pii'], source: 'mail' })]) {
      expect(await refusalOf(act)).toMatchObject({ step: 'context', code: 'unavailable' })
    }
  })

  test.each<[string, unknown]>([
    ['a text', 'pii'],
    ['a promise', Promise.resolve(['pii'])],
    ['nothing', undefined],
  ])('a record of sessions that gives %s instead of a list of labels is unavailable', async (_, exposures) => {
    const sessions = createSessions({ now })
    const context = await engineOf(POLICY, { sessions }).mintContext({ subject: 'agent:alice' })
    const within = (id: string, act: (session: object) => Promise<{ result: unknown }>) =>
      act({ id, subject: 'agent:alice', exposures }).then(({ result }) => result)
    const engine = engineOf(POLICY, { sessions: { ...sessions, within: within as never } })
    expect(await refusalOf(engine.mint({ ...ask, context }))).toMatchObject({ step: 'context', code: 'unavailable' })
  })

  test('a schema whose target demands a session is not met by a mint without one', async () => {
    const schema = defineSchema({
      mail: { context: 'required', operations: { send: {} } },
      crm: { operations: { read: { required: ['tenantId'] } } },
    })
    const engine = engineOf(POLICY, { schema: schema as never })
    expect(await refusalOf(engine.mint(ask))).toMatchObject({ code: 'context_required' })
    expect(new EngineError('context', 'context_required')).toBeInstanceOf(Error)
  })
})
