import { createServer } from 'node:http'
import { defineSchema } from '@writ/core'
import { describe, expect, it } from 'vitest'
import { bindGuard, compileRequirement, createGuardEngine, guardUpgrade, type Requirement } from '../src/index.ts'
import { ANCHOR, guardWith, NOW, publicKey, refusalFrom, token, view } from './support.ts'

const schema = defineSchema({
  invoices: {
    operations: {
      list: { required: ['tenantId'] },
      read: { required: ['tenantId'], optional: ['invoiceId'] },
      write: { required: ['tenantId', 'invoiceId'] },
    },
  },
  health: { operations: { read: {} } },
})
const engine = createGuardEngine<object>({ keys: publicKey, anchor: ANCHOR, now: () => NOW, schema })
const guard = bindGuard(engine, () => ({}))

const unfit: [string, Requirement<object>][] = [
  ['resource: the schema has no "invoicez"', { resource: 'invoicez', operation: 'read', designate: ['tenantId'] }],
  ['resource: the schema has no "constructor"', { resource: 'constructor', operation: 'read' }],
  ['resource: the schema has no "__proto__"', { resource: '__proto__' }],
  ['operation: the schema has no "reed" of "invoices"', { resource: 'invoices', operation: 'reed' }],
  ['operation: the schema has no "toString" of "invoices"', { resource: 'invoices', operation: 'toString' }],
  ['operation: must be named. Without it a method may ask for "write"', { resource: 'health' }],
  ['designate.tenantId: is missing', { resource: 'invoices', operation: 'list' }],
  ['designate.tenantId: is missing', { resource: 'invoices', operation: 'read', designate: ['invoiceId'] }],
  ['designate.invoiceId: is missing', { resource: 'invoices', designate: ['tenantId'] }],
  [
    'designate: the schema does not know the label "tenant"',
    { resource: 'invoices', operation: 'read', designate: ['tenantId', 'tenant'] },
  ],
  [
    'designate: the schema does not know the label "invoiceId" for "list"',
    { resource: 'invoices', operation: 'list', designate: ['tenantId', 'invoiceId'] },
  ],
  [
    'allowUndesignated: must not cover "tenantId"',
    { resource: 'invoices', operation: 'read', designate: ['tenantId'], allowUndesignated: true },
  ],
  [
    'allowUndesignated: must not cover "tenantId"',
    { resource: 'invoices', operation: 'read', designate: ['tenantId'], allowUndesignated: ['tenantId'] },
  ],
]

describe('a guard with a schema', () => {
  it.each(unfit)('is not built with a requirement that does not fit: %s', (message, requirement) => {
    const error = catchOf(() => guard(requirement))
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message.startsWith(message)).toBe(true)
    // One of several that fit does not hide it.
    const fits = { resource: 'health', operation: 'read' }
    expect(() => guard([fits, requirement])).toThrow(TypeError)
    // Nothing changes without a schema.
    const free = createGuardEngine<object>({ keys: publicKey, anchor: ANCHOR })
    expect(() => bindGuard(free, () => ({}))(requirement)).not.toThrow()
  })

  it('counts what its defaults say', () => {
    expect(() => guard.with({ resource: 'invoices', designate: ['tenantId'] })({ operation: 'list' })).not.toThrow()
    expect(() => guard.with({ designate: ['tenant'] })({ resource: 'invoices', operation: 'list' })).toThrow('tenant')
  })

  it('lets a token leave an optional label unbound, and never a required one', async () => {
    const requirement = {
      resource: 'invoices',
      operation: 'read',
      designate: ['tenantId', 'invoiceId'],
      allowUndesignated: ['invoiceId'],
    }
    const decide = guardWith({ schema })
    const ask = async (designations: Record<string, string>) =>
      refusalFrom(decide(view({ authorization: [`Bearer ${await token({ designations })}`] }), requirement))
    expect(await ask({ tenantId: 'acme' })).toBeUndefined()
    expect(await ask({ invoiceId: '7' })).toMatchObject({ code: 'undesignated' })
  })

  it.each(unfit)('refuses every request if an adapter did not check its requirement: %s', async (_, requirement) => {
    const { resource } = requirement
    const good = await token({ resource, operation: requirement.operation ?? 'read' })
    const request = view({ authorization: [`Bearer ${good}`] })
    for (const mode of ['enforce', 'report'] as const) {
      const refusal = await refusalFrom(guardWith({ schema, mode, log: false })(request, requirement))
      expect(refusal).toMatchObject({ status: 500, code: 'unguarded' })
    }
  })

  it('is not built with a schema that is none, such as the promise of one', () => {
    for (const wrong of [null, {}, 'invoices', Promise.resolve(schema), { targets: ['invoices'] }]) {
      expect(() => createGuardEngine({ keys: publicKey, anchor: ANCHOR, schema: wrong as never })).toThrow(
        /^schema: must be/,
      )
    }
  })

  it('keeps upgrades to it as well', () => {
    const routes = { '/live': { requirement: { resource: 'invoices', operation: 'list' }, accept: () => {} } }
    const options = { keys: publicKey, anchor: ANCHOR, schema, routes }
    expect(() => guardUpgrade(createServer(), options)).toThrow('designate.tenantId: is missing')
  })

  it('checks a requirement once', () => {
    let asked = 0
    const counted = {
      ...schema,
      labels(target: string, operation: string) {
        asked++
        return schema.labels(target, operation)
      },
    }
    const counting = createGuardEngine({ keys: publicKey, anchor: ANCHOR, schema: counted })
    const requirement = compileRequirement({ resource: 'health', operation: 'read' })
    counting.check(requirement)
    const after = asked
    counting.check(requirement)
    expect([after > 0, asked]).toEqual([true, after])
  })
})

function catchOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
