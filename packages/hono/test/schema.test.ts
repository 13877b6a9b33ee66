import { defineSchema } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { writ } from '../src/index.ts'

const schema = defineSchema({ invoices: { operations: { list: { required: ['tenantId'] } } } })
const authority = await createTestAuthority()
const options = { keys: authority.publicKey, anchor: null, now: authority.now, schema }
const forgetful = { resource: 'invoices', operation: 'list' } as never

it('a guard of Hono with a schema is not built for what the schema does not know', () => {
  const guard = writ(options)
  expect(() => guard({ resource: 'invoices', operation: 'list', designate: ['tenantId'] })).not.toThrow()
  expect(() => guard({ resource: 'invoicez', operation: 'list', designate: ['tenantId'] } as never)).toThrow(TypeError)
  expect(() => guard(forgetful)).toThrow('designate.tenantId: is missing')
})

it('a guard of Hono whose options come with the first request lets none pass that does not fit the schema', async () => {
  let ran = false
  const log = false
  const app = new Hono().get('/:tenantId', writ(() => ({ ...options, log }))(forgetful), (c) => {
    ran = true
    return c.text('ok')
  })
  const token = await authority.mint({ resource: 'invoices', operation: 'list', designations: { tenantId: 'acme' } })
  const response = await app.request('/acme', { headers: authority.headersFor(token) })
  expect([response.status, ran]).toEqual([500, false])
})
