import swagger from '@fastify/swagger'
import { generateKeyPair } from '@writ/core'
import { describeSecurity, SECURITY_SCHEME } from '@writ/http'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { requirementOf, writ } from '../src/index.ts'

it('the document of @fastify/swagger says what each route demands', async () => {
  const { publicKey } = await generateKeyPair()
  const app = fastify({ exposeHeadRoutes: false })
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', components: { securitySchemes: { capability: SECURITY_SCHEME } } },
    transform({ schema, url, route }) {
      const guard = requirementOf(route)
      const described = guard === undefined ? {} : describeSecurity(guard, [route.method].flat()[0] ?? 'GET')
      return { schema: { ...schema, ...described } as typeof schema, url }
    },
  })
  await app.register(writ, { keys: publicKey, anchor: null })
  app.get('/healthz', { config: { capability: 'public' } }, async () => 'ok')
  const capability = { resource: 'invoices', designate: ['tenantId'] }
  app.put('/:tenantId/invoices', { config: { capability } }, async () => 'ok')
  await app.ready()
  const document = app.swagger() as unknown as { paths: Record<string, Record<string, object>>; components: object }
  expect(document.components).toMatchObject({ securitySchemes: { capability: { type: 'http', scheme: 'bearer' } } })
  expect(document.paths['/healthz']?.['get']).toMatchObject({ security: [] })
  expect(document.paths['/{tenantId}/invoices']?.['put']).toMatchObject({
    security: [{ capability: ['invoices:write'] }],
    'x-capability': [{ resource: 'invoices', operation: 'write', designations: ['tenantId'] }],
  })
})
