import { defineSchema } from '@writ/core'
import { test } from 'vitest'
import { writ } from '../src/index.ts'

const schema = defineSchema({ invoices: { operations: { list: { required: ['tenantId'] } } } })

test('a guard of Hono with a schema takes requirements that fit it, and no others', () => {
  const guard = writ({ keys: '', anchor: null, schema })
  guard({ resource: 'invoices', operation: 'list', designate: ['tenantId'] })
  // @ts-expect-error: unknown resource
  guard({ resource: 'invoicez', operation: 'list', designate: ['tenantId'] })
  // @ts-expect-error: unknown operation
  guard({ resource: 'invoices', operation: 'read', designate: ['tenantId'] })
  // @ts-expect-error: unknown label
  guard({ resource: 'invoices', operation: 'list', designate: ['tenantId', 'invoiceId'] })
  // @ts-expect-error: tenantId is missing
  guard({ resource: 'invoices', operation: 'list' })
  // @ts-expect-error: tenantId is missing
  writ(() => ({ keys: '', anchor: null, schema }))({ resource: 'invoices', operation: 'list' })
})
