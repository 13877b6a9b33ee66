import { createContextVerifier, createUseLedger, createVerifier, generateKeyPair, mintIdentity } from '@writ/core'
import { describe, expect, test } from 'vitest'
import {
  createEngine,
  EngineError,
  fromArgs,
  fromSession,
  PolicyError,
  parsePolicy,
  parseSchema,
} from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

const SERVICES = `
[[objects]]
id = "service:gateway"
capabilities = [{ target = "invoices", operations = ["read", "list"], max_ttl = 60 }]

[[objects]]
id = "service:billing"

[[objects]]
id = "service:orders"
capabilities = [
  { target = "stock", operations = ["reserve"], anchor = "service:billing", designations = [{ label = "region", value = "eu" }] },
  { target = "orders", operations = ["read"], anchor_to_subject = true },
]
`
const SCHEMA = parseSchema(`
[[targets]]
id = "invoices"
operations = [
  { name = "read", designations = { required = ["tenantId"], optional = ["invoiceId"] } },
  { name = "list", required_designations = ["tenantId"] },
]
`)
const READ = { subject: 'service:gateway', target: 'invoices', operation: 'read' } as const
const ONLY_GATEWAY = SERVICES.split('[[objects]]')[1]!

describe('a mint', () => {
  test('gives exactly what was asked for, and every verifier of that service takes it', async () => {
    const engine = engineOf(SERVICES)
    const minted = await engine.mint({ ...READ, designations: { tenantId: 'acme' }, anchor: 'service:billing' })
    expect(minted).toMatchObject({
      ...READ,
      designations: { tenantId: 'acme' },
      anchor: 'service:billing',
      expiresAt: NOW + 60,
    })
    const verifier = createVerifier({
      keys: keys.publicKey,
      anchor: 'service:billing',
      designatedBy: 'authority',
      now: () => NOW,
    })
    const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
    expect(await verifier.verify(minted.capability, request)).toMatchObject({
      subject: 'service:gateway',
      expiresAt: NOW + 60,
    })
    await expect(
      verifier.verify(minted.capability, { ...request, designations: { tenantId: 'globex' } }),
    ).rejects.toMatchObject({
      code: 'wrong_designation',
    })
  })

  test('is refused for a subject that the policy does not know', async () => {
    const error = await refusalOf(engineOf(SERVICES).mint({ ...READ, subject: 'mallory' }))
    expect(error.toJSON()).toMatchObject({
      step: 'subject',
      code: 'unknown_subject',
      subject: 'mallory',
      target: 'invoices',
    })
  })

  test.each([
    ['another target', { target: 'orders' }],
    ['another operation', { operation: 'write' }],
    ['a target that objects have by nature', { target: 'constructor' }],
  ])('is refused for %s', async (_, change) => {
    const error = await refusalOf(engineOf(SERVICES).mint({ ...READ, ...change }))
    expect([error.step, error.code]).toEqual(['policy', 'not_granted'])
  })

  test('carries the static designations and the anchor of the policy', async () => {
    const minted = await engineOf(SERVICES).mint({ subject: 'service:orders', target: 'stock', operation: 'reserve' })
    expect(minted).toMatchObject({ designations: { region: 'eu' }, anchor: 'service:billing' })
  })

  test('is anchored to its subject where the policy says so', async () => {
    const minted = await engineOf(SERVICES).mint({ subject: 'service:orders', target: 'orders', operation: 'read' })
    expect(minted.anchor).toBe('service:orders')
  })

  test('is refused for another anchor than that of the policy', async () => {
    const request = { subject: 'service:orders', target: 'stock', operation: 'reserve', anchor: 'service:gateway' }
    const error = await refusalOf(engineOf(SERVICES).mint(request))
    expect([error.step, error.code]).toEqual(['designations', 'conflicting_anchor'])
  })

  test('is refused for another value than the static one', async () => {
    const request = { subject: 'service:orders', target: 'stock', operation: 'reserve', designations: { region: 'us' } }
    const error = await refusalOf(engineOf(SERVICES).mint(request))
    expect([error.step, error.code, error.label]).toEqual(['designations', 'conflicting_designation', 'region'])
  })

  test.each(['anchor', 'facet'])(
    'is refused if the caller or the resolver answers the reserved label %s',
    async (label) => {
      const [byCaller, byResolver] = await Promise.all([
        refusalOf(engineOf(SERVICES).mint({ ...READ, designations: { [label]: 'x' } })),
        refusalOf(engineOf(SERVICES, { resolver: () => ({ [label]: 'x' }) }).mint(READ)),
      ])
      for (const { step, code, label: named } of [byCaller, byResolver]) {
        expect([step, code, named]).toEqual(['designations', 'wrong_designation', label])
      }
    },
  )

  test.each([[7], [''], ['\ud800'], [null], [{}]])('is refused if a resolver answers %j', async (value) => {
    const error = await refusalOf(engineOf(SERVICES, { resolver: () => ({ tenantId: value as never }) }).mint(READ))
    expect([error.step, error.code, error.label]).toEqual(['designations', 'wrong_designation', 'tenantId'])
  })

  test('asks the resolver after the policy has allowed, and not before', async () => {
    const asked: unknown[] = []
    const engine = engineOf(SERVICES, {
      resolver(request) {
        asked.push(request)
        return { tenantId: 'acme' }
      },
    })
    await refusalOf(engine.mint({ ...READ, operation: 'write' }))
    expect(asked).toEqual([])
    expect((await engine.mint({ ...READ, input: { args: 1 } })).designations).toEqual({ tenantId: 'acme' })
    expect(asked).toEqual([{ ...READ, input: { args: 1 } }])
  })

  test('is refused if the resolver throws, and says which label it missed', async () => {
    const engine = engineOf(SERVICES, { resolver: fromArgs({ tenantId: 'tenant' }) })
    const error = await refusalOf(engine.mint({ ...READ, input: { args: {} } }))
    expect([error.step, error.code, error.label]).toEqual(['designations', 'resolver_failed', 'tenantId'])
    const broken = await refusalOf(engineOf(SERVICES, { resolver: () => Promise.reject(new Error('down')) }).mint(READ))
    expect([broken.code, (broken.cause as Error).message]).toEqual(['resolver_failed', 'down'])
  })

  test('lives as long as asked for, never longer than the policy allows', async () => {
    const engine = engineOf(SERVICES)
    expect((await engine.mint({ ...READ, expiresIn: '30s' })).expiresAt).toBe(NOW + 30)
    expect((await engine.mint({ ...READ, expiresIn: '1h' })).expiresAt).toBe(NOW + 60)
    const stock = { subject: 'service:orders', target: 'stock', operation: 'reserve' }
    expect((await engine.mint(stock)).expiresAt).toBe(NOW + 300)
  })

  test('by identity is for the name that is proven, and does not outlive it', async () => {
    const engine = engineOf(SERVICES)
    const identity = await mintIdentity({ subject: 'service:gateway', expiresIn: 20, now: () => NOW }, keys.privateKey)
    const { subject: _, ...right } = READ
    expect(await engine.mint({ ...right, identity })).toMatchObject({ subject: 'service:gateway', expiresAt: NOW + 20 })
  })

  test('by identity is refused for a token of another key, and for one that has expired', async () => {
    const { subject: _, ...right } = READ
    const other = await generateKeyPair()
    const forged = await mintIdentity({ subject: 'service:gateway', now: () => NOW }, other.privateKey)
    const expired = await mintIdentity(
      { subject: 'service:gateway', expiresIn: 1, now: () => NOW - 1 },
      keys.privateKey,
    )
    for (const identity of [forged, expired, 'nonsense']) {
      const error = await refusalOf(engineOf(SERVICES).mint({ ...right, identity }))
      expect([error.step, error.code]).toEqual(['subject', 'wrong_identity'])
    }
  })

  test('by identity is refused as unavailable if the revocation list is down', async () => {
    const { subject: _, ...right } = READ
    const revocation = { isRevoked: () => Promise.reject(new Error('down')) }
    const identity = await mintIdentity({ subject: 'service:gateway', now: () => NOW }, keys.privateKey)
    const error = await refusalOf(engineOf(SERVICES, { revocation }).mint({ ...right, identity }))
    expect([error.step, error.code]).toEqual(['subject', 'unavailable'])
  })

  test('for a single use is spent by a verifier with the same ledger, once', async () => {
    const singleUse = createUseLedger({ now: () => NOW })
    const { capability } = await engineOf(SERVICES, { singleUse }).mint({ ...READ, singleUse: true })
    const verifier = createVerifier({ keys: keys.publicKey, anchor: null, singleUse, now: () => NOW })
    const request = { resource: 'invoices', operation: 'read' }
    await verifier.verify(capability, request)
    await expect(verifier.verify(capability, request)).rejects.toMatchObject({ code: 'already_used' })
  })

  test('that is refused leaves no use in the ledger', async () => {
    const issued: unknown[] = []
    const singleUse = { issue: (...use: unknown[]) => void issued.push(use), consume: () => false }
    const engine = engineOf(SERVICES, { singleUse, schema: SCHEMA, policy: parsePolicy(ONLY_GATEWAY_TOML()) })
    await refusalOf(engine.mint({ ...READ, singleUse: true }))
    await refusalOf(engine.mint({ ...READ, operation: 'write', singleUse: true }))
    expect(issued).toEqual([])
    await engine.mint({ ...READ, designations: { tenantId: 'acme' }, singleUse: true })
    expect(issued).toHaveLength(1)
  })

  test('for a single use is refused without a ledger, and if the ledger fails', async () => {
    const none = await refusalOf(engineOf(SERVICES).mint({ ...READ, singleUse: true }))
    expect([none.step, none.code]).toEqual(['issue', 'single_use_unavailable'])
    const singleUse = { issue: () => Promise.reject(new Error('down')), consume: () => false }
    const down = await refusalOf(engineOf(SERVICES, { singleUse }).mint({ ...READ, singleUse: true }))
    expect([down.step, down.code]).toEqual(['issue', 'unavailable'])
  })
})

function ONLY_GATEWAY_TOML(): string {
  return `[[objects]]${ONLY_GATEWAY}`
}

describe('a mint with a schema', () => {
  const engine = () => engineOf(ONLY_GATEWAY_TOML(), { schema: SCHEMA })

  test('is refused without a label that the schema requires', async () => {
    const error = await refusalOf(engine().mint(READ))
    expect([error.step, error.code, error.label]).toEqual(['schema', 'missing_designation', 'tenantId'])
  })

  test('may name an optional label, and no label that the schema does not know', async () => {
    const designations = { tenantId: 'acme', invoiceId: '7' }
    expect((await engine().mint({ ...READ, designations })).designations).toEqual(designations)
    const error = await refusalOf(
      engine().mint({ ...READ, designations: { ...designations, userId: 'alice' } as never }),
    )
    expect([error.step, error.code, error.label]).toEqual(['schema', 'unknown_designation', 'userId'])
  })

  test('is refused for a target or an operation that the schema does not declare', async () => {
    for (const change of [{ target: 'orders' }, { operation: 'write' }]) {
      const error = await refusalOf(engine().mint({ ...READ, ...change } as never))
      expect([error.step, error.code]).toEqual(['target', 'unknown_target'])
    }
  })

  test('cannot be created over a policy that grants what the schema does not know', () => {
    expect(() => engineOf(SERVICES, { schema: SCHEMA })).toThrow(PolicyError)
    const faults = (toml: string) => {
      try {
        engineOf(toml, { schema: SCHEMA })
      } catch (error) {
        return (error as PolicyError).faults.map(({ rule, object, key }) => [rule, object, key])
      }
      return []
    }
    const grant = (text: string) => `[[objects]]\nid = "a:b"\ncapabilities = [{ ${text} }]`
    expect(faults(grant('target = "x", operations = ["read"]'))).toEqual([
      ['unknown_target', 'a:b', 'capabilities[0].target'],
    ])
    expect(faults(grant('target = "invoices", operations = ["x"]'))).toEqual([
      ['unknown_operation', 'a:b', 'capabilities[0].operations'],
    ])
    const designations = 'designations = [{ label = "x", value = "1" }]'
    expect(faults(grant(`target = "invoices", operations = ["read"], ${designations}`))).toEqual([
      ['unknown_label', 'a:b', 'capabilities[0].designations'],
    ])
  })
})

describe('an engine', () => {
  test.each([
    ['policy', { policy: undefined }],
    ['keys', { keys: undefined }],
    ['keys.privateKey', { keys: { publicKey: keys.publicKey } }],
    ['"polcy"', { polcy: 1 }],
    ['now', { now: 5 }],
    ['resolver', { resolver: {} }],
    ['schema', { schema: {} }],
  ])('cannot be created with a wrong %s', (name, change) => {
    const options = { policy: parsePolicy(SERVICES), keys, ...change } as never
    expect(() => createEngine(options)).toThrow(new RegExp(`^${name}: `))
  })

  test.each([
    ['subject', { subject: undefined }],
    ['subject', { identity: 'x' }],
    ['target', { target: 7 }],
    ['"desingations"', { desingations: {} }],
    ['singleUse', { singleUse: 'yes' }],
    ['expiresIn', { expiresIn: '5 minutes' }],
  ])('calls a wrong %s of a request a TypeError, not a refusal', async (name, change) => {
    const act = engineOf(SERVICES).mint({ ...READ, ...change } as never)
    await expect(act).rejects.toThrow(new RegExp(`^${name}: `))
    await expect(act).rejects.toBeInstanceOf(TypeError)
  })

  test('says what a mint would do by the same steps, and spends nothing', async () => {
    const issued: unknown[] = []
    const singleUse = { issue: (...use: unknown[]) => void issued.push(use), consume: () => false }
    const engine = engineOf(SERVICES, { singleUse })
    const evaluation = await engine.evaluate({ ...READ, singleUse: true })
    expect(evaluation).toEqual({
      allowed: true,
      minted: { ...READ, designations: {}, anchor: undefined, expiresAt: NOW + 60 },
    })
    expect(issued).toEqual([])
    const refused = await engine.evaluate({ ...READ, operation: 'write' })
    expect(refused).toMatchObject({ allowed: false, error: { step: 'policy', code: 'not_granted' } })
  })

  test('keeps the running policy if the next one does not fit, and says why', async () => {
    const engine = engineOf(ONLY_GATEWAY_TOML(), { schema: SCHEMA })
    const reload = () => engine.reload({ policy: parsePolicy(SERVICES), schema: SCHEMA })
    expect(reload).toThrow(/service:orders/)
    await engine.mint({ ...READ, designations: { tenantId: 'acme' } })
  })

  test('finishes a mint under the rules with which it began', async () => {
    let release = () => {}
    const waiting = new Promise<void>((resolve) => (release = resolve))
    const engine = engineOf(SERVICES, { resolver: () => waiting.then(() => ({})) })
    const minting = engine.mint(READ)
    engine.reload({ policy: parsePolicy('') })
    release()
    expect((await minting).subject).toBe('service:gateway')
    expect((await refusalOf(engine.mint(READ))).code).toBe('unknown_subject')
  })

  test('lists what a subject may ask for, and who may ask for something, by what ancestors hold', async () => {
    const toml = `
[[objects]]
id = "agent:alice"
capabilities = [{ target = "crm", operations = ["read"] }]
[[objects]]
id = "agent:alice:worker"
parent = "agent:alice"
capabilities = [{ target = "crm", operations = ["read", "write"] }]
`
    const engine = engineOf(toml)
    expect(await engine.capabilitiesOf('agent:alice:worker')).toMatchObject([{ target: 'crm', operations: ['read'] }])
    expect(await engine.whoCan('crm', 'read')).toEqual(['agent:alice', 'agent:alice:worker'])
    expect(await engine.whoCan('crm', 'write')).toEqual([])
    expect(await engine.capabilitiesOf('mallory')).toEqual([])
  })

  test('has errors whose reason says what decided', async () => {
    const error = new EngineError('schema', 'missing_designation', { subject: 'alice', label: 'tenantId' })
    expect(error.reason).toBe('a designation that the schema or the policy requires is missing, label "tenantId"')
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'EngineError',
      step: 'schema',
      code: 'missing_designation',
      subject: 'alice',
      label: 'tenantId',
    })
  })
})

describe('a session of a logged-in user', () => {
  test('names the tenant of every capability', async () => {
    const engine = engineOf(SERVICES, { resolver: fromSession({ tenantId: 'tenant' }) })
    const minted = await engine.mint({ ...READ, input: { session: { tenant: 'acme' } } })
    expect(minted.designations).toEqual({ tenantId: 'acme' })
    const other = { ...READ, input: { session: { tenant: 'acme' } }, designations: { tenantId: 'globex' } }
    expect((await refusalOf(engine.mint(other))).code).toBe('conflicting_designation')
  })
})

describe('contexts of an engine without sessions', () => {
  test('are neither minted nor accepted', async () => {
    const engine = engineOf(SERVICES, { sessions: undefined })
    expect((await refusalOf(engine.mintContext({ subject: 'service:gateway' }))).code).toBe('unknown_session')
    const context = await engineOf(SERVICES).mintContext({ subject: 'service:gateway' })
    await createContextVerifier({ keys: keys.publicKey, now: () => NOW }).verify(context)
    expect((await refusalOf(engine.mint({ ...READ, context }))).code).toBe('unknown_session')
  })
})
