import { createTestAuthority } from '@writ/testing'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { capability, writ } from '../src/index.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const guard = writ({ keys: authority.publicKey, anchor: null, now: authority.now })
const files = guard({ resource: 'files', designate: ['tenantId'] })

async function get(app: Hono, path: string): Promise<readonly [number, string]> {
  app.onError((error, c) => c.text(error.message, 500))
  const response = await app.request(path, { headers: authority.headersFor(token) })
  return [response.status, await response.text()]
}

it('a handler reads the labels that its guard demands', async () => {
  const app = new Hono().get('/:tenantId', files, (c) => c.text(capability(c).designations.tenantId.toUpperCase()))
  expect(await get(app, '/acme')).toEqual([200, 'ACME'])
})

it('a handler behind a guard in use() gets the labels that it names, if that guard demanded them', async () => {
  const app = new Hono()
    .use('/:tenantId/*', files)
    .get('/:tenantId/name', (c) => c.text(capability(c, ['tenantId']).designations.tenantId.toUpperCase()))
    .get('/:tenantId/:fileId', (c) => c.text(capability(c, ['fileId']).designations.fileId.toUpperCase()))
  expect(await get(app, '/acme/name')).toEqual([200, 'ACME'])
  expect(await get(app, '/acme/7')).toEqual([
    500,
    'GET /:tenantId/:fileId: the capability does not bind fileId: no guard demanded it',
  ])
})
