import { describe, expect, it } from 'vitest'
import { compileRequirement, mergeRequirements, type Requirement } from '../src/index.ts'

/** What a JavaScript service may pass. */
const compile = (...parts: unknown[]) => compileRequirement(...(parts as Requirement[]))

describe('a requirement', () => {
  it('a compiled requirement is frozen, and holds every default', () => {
    const requirement = compile({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] })
    expect({ ...requirement, designate: { ...requirement.designate } }).toEqual({
      resource: 'invoices',
      operation: undefined,
      designate: { tenantId: 'tenantId', invoiceId: 'invoiceId' },
      subject: undefined,
      allowUndesignated: false,
      optional: false,
    })
    expect(Object.isFrozen(requirement)).toBe(true)
    expect(Object.isFrozen(requirement.designate)).toBe(true)
    expect(Object.getPrototypeOf(requirement.designate)).toBe(null)
  })

  it('a compiled requirement does not change with the object it was made from', () => {
    const designate = { tenantId: 'tenantId', account: { body: 'accountId' } }
    const given = { resource: 'invoices', designate }
    const requirement = compile(given)
    given.resource = 'orders'
    designate.tenantId = 'other'
    designate.account.body = 'other'
    expect(requirement.resource).toBe('invoices')
    expect(requirement.designate['tenantId']).toBe('tenantId')
    expect(requirement.designate['account']).toEqual({ body: 'accountId' })
  })

  it('merging adds up designations, and takes everything else from the last part that has it', () => {
    const requirement = compile(
      { resource: 'orders', operation: 'list', subject: 'alice', designate: ['tenantId'], optional: true },
      { resource: 'invoices', designate: { invoiceId: 'id' }, allowUndesignated: true },
      { operation: undefined, subject: 'bob', designate: { tenantId: 'tenant' }, optional: false },
    )
    expect({ ...requirement, designate: { ...requirement.designate } }).toEqual({
      resource: 'invoices',
      operation: 'list',
      designate: { tenantId: 'tenant', invoiceId: 'id' },
      subject: 'bob',
      allowUndesignated: true,
      optional: false,
    })
  })

  it('of two lists of labels that need not be bound, the last counts, and a later part may designate them', () => {
    const defaults = mergeRequirements({ resource: 'invoices', allowUndesignated: ['invoiceId'] })
    const invoice = { designate: ['tenantId', 'invoiceId'] }
    expect(compile(defaults, invoice).allowUndesignated).toEqual(['invoiceId'])
    expect(compile(defaults, invoice, { allowUndesignated: ['tenantId'] }).allowUndesignated).toEqual(['tenantId'])
    expect(compile(defaults, invoice, { allowUndesignated: false }).allowUndesignated).toBe(false)
    expect(() => compile(defaults, { designate: ['tenantId'] })).toThrow(
      /^allowUndesignated: "invoiceId" is not a label/,
    )
  })

  it('a list of labels that need not be bound does not grow with the array that it was made from', () => {
    const list = ['invoiceId']
    const merged = mergeRequirements({ resource: 'invoices', allowUndesignated: list })
    const requirement = compile(merged, { designate: ['tenantId', 'invoiceId'] })
    list.push('tenantId')
    expect(merged.allowUndesignated).toEqual(['invoiceId'])
    expect(requirement.allowUndesignated).toEqual(['invoiceId'])
    expect(() => (requirement.allowUndesignated as string[]).push('tenantId')).toThrow(TypeError)
  })

  it('as JSON a requirement names the source of every label, functions too', () => {
    const designate = {
      tenantId: 'tenant',
      invoiceId: () => 'secret',
      page: { query: 'page' },
      region: { header: 'X-Region' },
      order: { body: 'order.id' },
      toJSON: () => 'called',
      ['__proto__']: () => 'called',
    }
    const requirement = compile({ resource: 'invoices', designate, allowUndesignated: ['invoiceId'] })
    expect(JSON.stringify(requirement)).toBe(
      '{"resource":"invoices","designate":{"tenantId":"param tenant","invoiceId":"function","page":"query page",' +
        '"region":"header x-region","order":"body order.id","toJSON":"function","__proto__":"function"},' +
        '"allowUndesignated":["invoiceId"],"optional":false}',
    )
    expect(Object.keys(requirement)).not.toContain('toJSON')
  })

  it('a compiled requirement keeps each source, with header names in lower case', () => {
    const designate = { a: { query: 'id' }, b: { header: 'X-Tenant' }, c: { body: 'order.id' } }
    const requirement = compile({ resource: 'invoices', designate })
    expect({ ...requirement.designate }).toEqual({ ...designate, b: { header: 'x-tenant' } })
    expect(Object.values(requirement.designate).every((source) => Object.isFrozen(source))).toBe(true)
  })

  it('labels may be names that every object inherits', () => {
    const merged = mergeRequirements({ designate: ['__proto__'] }, { designate: { constructor: 'toString' } })
    expect(Object.entries(merged.designate ?? {})).toEqual([
      ['__proto__', '__proto__'],
      ['constructor', 'toString'],
    ])
  })

  it.each<[string, unknown]>([
    ['resource: is required', {}],
    ['resource: must be a string', { resource: 7 }],
    ['resource: must be a string', { resource: '' }],
    ['operation: must be a string', { resource: 'invoices', operation: ['read'] }],
    ['subject: must be a string', { resource: 'invoices', subject: '' }],
    ['allowUndesignated: must be a boolean or an array', { resource: 'invoices', allowUndesignated: 'yes' }],
    ['allowUndesignated: must be a boolean or an array', { resource: 'invoices', allowUndesignated: [1] }],
    ['allowUndesignated: must be a boolean or an array', { resource: 'invoices', allowUndesignated: { 0: 'a' } }],
    [
      'allowUndesignated: "invoceId" is not a label of designate',
      { resource: 'invoices', designate: ['invoiceId'], allowUndesignated: ['invoceId'] },
    ],
    [
      'allowUndesignated: "constructor" is not a label of designate',
      { resource: 'invoices', designate: ['invoiceId'], allowUndesignated: ['constructor'] },
    ],
    ['allowUndesignated: "anchor" is not', { resource: 'invoices', allowUndesignated: ['anchor'] }],
    ['optional: must be a boolean', { resource: 'invoices', optional: 1 }],
    ['designated: unknown option', { resource: 'invoices', designated: [] }],
    ['constructor: unknown option', { resource: 'invoices', constructor: 1 }],
    ['requirement: must be an object', null],
    ['requirement: must be an object', 'invoices'],
    ['requirement: must be an object', ['invoices']],
    ['designate: must be an array of param names or an object', { resource: 'invoices', designate: 'tenantId' }],
    ['designate: a label must be', { resource: 'invoices', designate: [''] }],
    ['designate: a label must be', { resource: 'invoices', designate: [7] }],
    ['designate: a label must be', { resource: 'invoices', designate: ['\ud800'] }],
    ['designate.anchor: the label is reserved', { resource: 'invoices', designate: ['anchor'] }],
    ['designate.facet: the label is reserved', { resource: 'invoices', designate: { facet: 'id' } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: '' } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: 7 } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: null } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: { body: 7 } } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: { body: '' } } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: {} } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: ['id'] } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: { cookie: 'id' } } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: { query: '' } } }],
    ['designate.tenantId.query: must be', { resource: 'invoices', designate: { tenantId: { query: 'id[]' } } }],
    ['designate.tenantId.header: must be', { resource: 'invoices', designate: { tenantId: { header: 'x id' } } }],
    ['designate.tenantId.body: must be', { resource: 'invoices', designate: { tenantId: { body: 'order..id' } } }],
    ['designate.tenantId.body: must be', { resource: 'invoices', designate: { tenantId: { body: '.id' } } }],
    ['designate.tenantId: must be', { resource: 'invoices', designate: { tenantId: { body: 'a', query: 'b' } } }],
  ])('compileRequirement throws a TypeError "%s" for %j', (message, requirement) => {
    expect(() => compile(requirement)).toThrow(TypeError)
    expect(() => compile(requirement)).toThrow(new RegExp(`^${message}`))
  })
})
