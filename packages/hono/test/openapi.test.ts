import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { describeSecurity, SECURITY_SCHEME } from '@writ/http'
import { createTestAuthority } from '@writ/testing'
import { expect, it } from 'vitest'
import { assertGuarded, type GuardDescription, requirementOf, writ } from '../src/index.ts'

it('the document of @hono/zod-openapi says what each route demands, and the route is guarded', async () => {
  const authority = await createTestAuthority()
  const guard = writ({ keys: authority.publicKey, now: authority.now, anchor: null, log: false })
  const invoices = guard({ resource: 'invoices', designate: ['tenantId'] })
  const app = new OpenAPIHono()
  app.openAPIRegistry.registerComponent('securitySchemes', 'capability', SECURITY_SCHEME)
  const list = createRoute({
    method: 'get',
    path: '/{tenantId}/invoices',
    middleware: [invoices] as const,
    responses: { 200: { description: 'All invoices' } },
    ...(describeSecurity(requirementOf(invoices) as GuardDescription, 'get') as object),
  })
  app.openapi(list, (c) => c.json([]))
  assertGuarded(app as never)
  const { paths, components } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Billing', version: '1' } })
  expect(components?.securitySchemes).toMatchObject({ capability: { type: 'http', scheme: 'bearer' } })
  expect(paths?.['/{tenantId}/invoices']?.get).toMatchObject({
    security: [{ capability: ['invoices:read'] }],
    'x-capability': [{ resource: 'invoices', operation: 'read', designations: ['tenantId'] }],
  })
  const token = await authority.mint({ resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } })
  const statusOf = async (path: string) => (await app.request(path, { headers: authority.headersFor(token) })).status
  expect([await statusOf('/acme/invoices'), await statusOf('/globex/invoices')]).toEqual([200, 403])
})
