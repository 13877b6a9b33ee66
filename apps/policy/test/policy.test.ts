import { generateKeyPair } from '@writ/core'
import {
  createEngine,
  diffPolicy,
  type EngineError,
  expectPolicy,
  lintPolicy,
  loadPolicy,
  loadSchema,
  parsePolicy,
} from '@writ/engine'
import { describe, expect, it } from 'vitest'
import { nameTenant, POLICY_FILE, SCHEMA_FILE } from '../src/index.ts'

const policy = await loadPolicy(POLICY_FILE)
const schema = await loadSchema(SCHEMA_FILE)
const keys = await generateKeyPair()
const engine = createEngine({ policy, schema, keys, resolver: nameTenant })
const refusal = (act: Promise<unknown>) =>
  act.catch(({ step, code, label, ancestor }: EngineError) => ({ step, code, label, ancestor }))

describe('the policy of the sample services', () => {
  it('the policy fits its schema, and every right names an object', async () => {
    expect(await lintPolicy(policy, schema)).toEqual([])
  })

  it('the policy names no tenant, user or partner', () => {
    for (const { id, grants } of policy.objects) {
      expect(id).toMatch(/^(?:service:|admin$|tenant$|partner$)/)
      for (const { designations } of grants) expect([...designations.keys()]).toEqual([])
    }
  })

  it('each right is good at one service, and for two hours at most', () => {
    for (const { grants } of policy.objects) {
      for (const { anchor, maxTtl } of grants) {
        expect(anchor).toMatch(/^service:/)
        expect(maxTtl).toBeLessThanOrEqual(7200)
      }
    }
  })

  it('only services may leave the tenant to the holder', () => {
    for (const { id, grants } of policy.objects) {
      const isLeft = grants.some(({ leftToHolder = [] }) => leftToHolder.includes('tenantId'))
      if (isLeft) expect(id).toMatch(/^service:/)
    }
  })

  it.each([
    ['service:gateway', 'orders', ['read', 'write']],
    ['service:orders', 'stock', ['reserve']],
    ['service:orders', 'invoices', ['write']],
  ] as const)('%s holds one capability for all objects of %s', async (subject, target, operations) => {
    for (const operation of operations) {
      expect(await engine.mint({ subject, target, operation })).toMatchObject({ designations: {} })
    }
  })

  it('whoever asks for more than the policy says is refused', async () => {
    const expectations = expectPolicy(policy, schema)
    const object = { tenantId: 'acme', invoiceId: '1001' }
    for (const subject of ['service:gateway', 'service:orders', 'service:inventory', 'partner:globex']) {
      const pay = { subject, target: 'invoices', operation: 'pay', designations: object }
      await expectations.refuses(pay, 'not_granted')
    }
    const stranger = { subject: 'mallory', target: 'orders', operation: 'read', designations: object }
    await expectations.refuses(stranger, 'unknown_subject')
  })

  it('a partner gets nothing that names no tenant, and names one order of it itself', async () => {
    const read = { subject: 'partner:globex', target: 'orders', operation: 'read' } as const
    const missing = { step: 'schema', code: 'missing_designation', label: 'tenantId' }
    expect(await refusal(engine.mint(read))).toMatchObject(missing)
    expect(await refusal(engine.mint({ ...read, designations: { orderId: 'o-1' } }))).toMatchObject(missing)
    const { designations } = await engine.mint({ ...read, designations: { tenantId: 'acme' } })
    expect(designations).toEqual({ tenantId: 'acme' })
  })

  it('a worker names every object, although its service need not', async () => {
    const reserve = { subject: 'service:orders:worker', target: 'stock', operation: 'reserve' } as const
    expect(await refusal(engine.mint(reserve))).toMatchObject({ code: 'missing_designation', label: 'tenantId' })
    const designations = { tenantId: 'acme', orderId: 'o-1', sku: 'tea' }
    expect(await engine.mint({ ...reserve, designations })).toMatchObject({ designations })
  })

  it('a service that loses a right takes it from its worker, at the next mint', async () => {
    const reloaded = createEngine({ policy, schema, keys })
    const designations = { tenantId: 'acme', orderId: 'o-1', sku: 'tea' }
    const reserve = { subject: 'service:orders:worker', target: 'stock', operation: 'reserve', designations } as const
    await reloaded.mint(reserve)
    const worker = policy.objects.find(({ id }) => id === reserve.subject)
    const next = parsePolicy({
      objects: [
        { id: 'service:orders' },
        { id: 'service:inventory' },
        { id: worker?.id, parent: worker?.parent, capabilities: [{ target: 'stock', operations: ['reserve'] }] },
      ],
    })
    const lost = (await diffPolicy(policy, next)).subjects.find(({ subject }) => subject === reserve.subject)
    expect(lost?.loses).toMatchObject([{ target: 'stock', operation: 'reserve' }])
    reloaded.reload({ policy: next, schema })
    expect(await refusal(reloaded.mint(reserve))).toMatchObject({
      step: 'chain',
      code: 'ancestor_lacks_grant',
      ancestor: 'service:orders',
    })
  })
})
