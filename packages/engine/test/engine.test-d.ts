import { defineSchema, generateKeyPair, type Schema } from '@writ/core'
import { describe, expectTypeOf, test } from 'vitest'
import { createEngine, type MintedCapability, parsePolicy, parseSchema } from '../src/index.ts'

const keys = await generateKeyPair()
const policy = parsePolicy({})
const schema = defineSchema({
  invoices: {
    operations: { list: { required: ['tenantId'] }, read: { required: ['tenantId'], optional: ['invoiceId'] } },
  },
  members: { operations: { list: {} }, context: 'required' },
})

describe('an engine over a schema in TypeScript', () => {
  const engine = createEngine({ policy, keys, schema })

  test('takes the targets, operations and labels of the schema', () => {
    const minted = engine.mint({
      subject: 'a:b',
      target: 'invoices',
      operation: 'read',
      designations: { tenantId: 'acme', invoiceId: '7' },
    })
    expectTypeOf(minted).toEqualTypeOf<Promise<MintedCapability>>()
    void engine.mint({ identity: 'token', target: 'members', operation: 'list' })
  })

  test('takes no other', () => {
    // @ts-expect-error unknown target
    void engine.mint({ subject: 'a:b', target: 'orders', operation: 'read' })
    // @ts-expect-error operation of no target
    void engine.mint({ subject: 'a:b', target: 'invoices', operation: 'write' })
    // @ts-expect-error operation of another target
    void engine.mint({ subject: 'a:b', target: 'members', operation: 'read' })
    // @ts-expect-error unknown label
    void engine.mint({ subject: 'a:b', target: 'invoices', operation: 'list', designations: { invoiceId: '7' } })
    // @ts-expect-error neither subject nor identity
    void engine.mint({ target: 'invoices', operation: 'list' })
    // @ts-expect-error both subject and identity
    void engine.mint({ subject: 'a:b', identity: 'token', target: 'invoices', operation: 'list' })
  })
})

describe('an engine without a schema, or over one in TOML', () => {
  test('takes any target, operation and label', () => {
    for (const engine of [createEngine({ policy, keys }), createEngine({ policy, keys, schema: parseSchema('') })]) {
      void engine.mint({ subject: 'a:b', target: 'orders', operation: 'write', designations: { orderId: '7' } })
    }
    expectTypeOf(parseSchema('')).toEqualTypeOf<Schema>()
  })
})
