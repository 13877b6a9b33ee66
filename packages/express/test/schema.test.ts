import { defineSchema } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import express from 'express'
import { expect, it } from 'vitest'
import { writ } from '../src/index.ts'

const schema = defineSchema({ invoices: { operations: { list: { required: ['tenantId'] } } } })
const authority = await createTestAuthority()
const guard = writ({ keys: authority.publicKey, anchor: null, now: authority.now, schema })

it('a guard of Express with a schema is not built for what the schema does not know', () => {
  const build = (requirement: object) => () => express().get('/:tenantId', guard(requirement as never))
  expect(build({ resource: 'invoices', operation: 'list', designate: ['tenantId'] })).not.toThrow()
  expect(build({ resource: 'invoicez', operation: 'list', designate: ['tenantId'] })).toThrow(TypeError)
  expect(build({ resource: 'invoices', operation: 'list' })).toThrow('designate.tenantId: is missing')
  expect(build({ resource: 'invoices', designate: ['tenantId'] })).toThrow('operation: must be named')
})
