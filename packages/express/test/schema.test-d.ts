import { defineSchema, generateKeyPair, type Schema } from '@writ/core'
import type { RequirementOf } from '@writ/http'
import express from 'express'
import { expectTypeOf, test } from 'vitest'
import { capability, type ExpressGuard, writ } from '../src/index.ts'

const schema = defineSchema({
  invoices: {
    operations: {
      list: { required: ['tenantId'] },
      read: { required: ['tenantId', 'invoiceId'] },
      write: { required: ['tenantId', 'invoiceId'] },
      approve: { required: ['tenantId'], optional: ['invoiceId'] },
    },
  },
  health: { operations: { read: {} } },
})
const { publicKey: keys } = await generateKeyPair()
const guard = writ({ keys, anchor: 'service:billing', schema })
const app = express()

test('a guard with a schema takes requirements that fit it, and types what they bind', () => {
  app.get('/:tenantId', guard({ resource: 'invoices', operation: 'list', designate: ['tenantId'] }), (req) => {
    expectTypeOf(capability(req)).toExtend<object>()
  })
  guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] })
  guard({ resource: 'invoices', operation: 'approve', designate: { tenantId: (view) => view.params['tenantId'] } })
  guard({ resource: 'health', operation: 'read' })
  guard([{ resource: 'health', operation: 'read' }])
  guard.public()
})

test('a guard with a schema takes neither an unknown resource nor an unknown operation', () => {
  // @ts-expect-error: unknown resource
  guard({ resource: 'invoicez', operation: 'list', designate: ['tenantId'] })
  // @ts-expect-error: unknown operation
  guard({ resource: 'invoices', operation: 'lists', designate: ['tenantId'] })
  // @ts-expect-error: a method may ask for "write"
  guard({ resource: 'health' })
  // @ts-expect-error: the target has no such operation
  guard({ resource: 'health', operation: 'write' })
  // @ts-expect-error: unknown resource in a list
  guard([{ resource: 'healthz', operation: 'read' }])
})

test('a guard with a schema takes neither an unknown label nor a requirement without a required one', () => {
  // @ts-expect-error: unknown label
  guard({ resource: 'invoices', operation: 'list', designate: ['tenant', 'tenantId'] })
  // @ts-expect-error: the label is one of another operation
  guard({ resource: 'invoices', operation: 'list', designate: ['tenantId', 'invoiceId'] })
  // @ts-expect-error: invoiceId is missing
  guard({ resource: 'invoices', operation: 'read', designate: ['tenantId'] })
  // @ts-expect-error: tenantId is missing
  guard({ resource: 'invoices', operation: 'list' })
  // @ts-expect-error: invoiceId is missing, whatever the method is
  guard({ resource: 'invoices', designate: ['tenantId'] })
})

test('defaults of a guard with a schema count for what it demands', () => {
  const invoices = guard.with({ resource: 'invoices', designate: ['tenantId'] })
  invoices({ operation: 'list' })
  invoices({ operation: 'read', designate: ['invoiceId'] })
  invoices({ designate: ['invoiceId'] })
  // @ts-expect-error: invoiceId is missing
  invoices({ operation: 'read' })
  // @ts-expect-error: unknown operation
  invoices({ operation: 'delete' })
  const ofTenant = guard.with({ designate: ['tenantId'] })
  ofTenant({ resource: 'invoices', operation: 'list' })
  // @ts-expect-error: invoiceId is missing
  ofTenant({ resource: 'invoices', operation: 'read' })
  // @ts-expect-error: unknown label
  guard.with({ designate: ['tenant'] })
  // @ts-expect-error: unknown resource
  guard.with({ resource: 'invoicez' })
  const reads = guard.with({ resource: 'invoices', operation: 'read', designate: ['tenantId'] })
  reads({ designate: ['invoiceId'] })
})

test('a schema whose names the compiler does not know leaves the types of a guard as they are', () => {
  const loose = writ({ keys, anchor: null, schema: schema as Schema })
  expectTypeOf(loose).toEqualTypeOf<ExpressGuard>()
  expectTypeOf(writ({ keys, anchor: null })).toEqualTypeOf<ExpressGuard>()
})

test('a requirement satisfies a schema if it names what the schema knows', () => {
  const read = { resource: 'invoices', operation: 'list', designate: { tenantId: 'tenant' } } as const
  read satisfies RequirementOf<typeof schema>
  const wrong = { resource: 'invoices', operation: 'lists', designate: { tenantId: 'tenant' } } as const
  // @ts-expect-error: unknown operation
  wrong satisfies RequirementOf<typeof schema>
  const missing = { resource: 'invoices', operation: 'read', designate: { tenantId: 'tenant' } } as const
  // @ts-expect-error: invoiceId is missing
  missing satisfies RequirementOf<typeof schema>
})
