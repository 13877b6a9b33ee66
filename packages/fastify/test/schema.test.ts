import { defineSchema } from '@writ/core'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { type RouteCapability, writ } from '../src/index.ts'
import { options } from './support.ts'

const schema = defineSchema({ invoices: { operations: { list: { required: ['tenantId'] } } } })

async function startWith(capability: RouteCapability): Promise<unknown> {
  const app = fastify()
  await app.register(writ, { ...options, schema })
  app.get('/:tenantId/invoices', { config: { capability } }, async () => 'ok')
  const error = await app.ready().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await app.close()
  return error
}

it('an app of Fastify with a schema starts with routes that fit it', async () => {
  expect(await startWith({ resource: 'invoices', operation: 'list', designate: ['tenantId'] })).toBeUndefined()
  expect(await startWith('public')).toBeUndefined()
})

it.each<[string, RouteCapability]>([
  ['resource: the schema has no "invoicez"', { resource: 'invoicez', operation: 'list' }],
  ['operation: the schema has no "read"', { resource: 'invoices', operation: 'read' }],
  ['operation: must be named', { resource: 'invoices', designate: ['tenantId'] }],
  ['designate.tenantId: is missing', [{ resource: 'invoices', operation: 'list' }]],
])('an app of Fastify does not start with a route that does not fit its schema: %s', async (message, capability) => {
  const error = await startWith(capability)
  expect(error).toBeInstanceOf(TypeError)
  expect((error as Error).message).toContain(`GET,HEAD /:tenantId/invoices: ${message}`)
})
