import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createTestAuthority } from '@writ/testing'
import type { ErrorRequestHandler, Express } from 'express'
import { describe, expect, it } from 'vitest'
import { capability, writ } from '../src/index.ts'
import { versions } from './express-target.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const options = { keys: authority.publicKey, anchor: null, now: authority.now }

async function get(app: Express, path: string): Promise<readonly [number, string]> {
  app.use(((error: Error, _req, res, _next) => res.status(500).send(error.message)) as ErrorRequestHandler)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: authority.headersFor(token) })
    return [response.status, await response.text()]
  } finally {
    server.close()
  }
}

describe.each(versions)('capability(req, labels) on %s', (_name, express) => {
  it('a handler reads the labels that its guard demands', async () => {
    const app = express()
    app.get('/:tenantId', writ(options)({ resource: 'files', designate: ['tenantId'] }), (req, res) => {
      res.send(capability(req).designations.tenantId.toUpperCase())
    })
    expect(await get(app, '/acme')).toEqual([200, 'ACME'])
  })

  it('a handler behind a guard in use() gets the labels that it names, if that guard demanded them', async () => {
    const app = express()
    app.use('/:tenantId', writ(options)({ resource: 'files', designate: ['tenantId'] }))
    app.get('/:tenantId/name', (req, res) => {
      res.send(capability(req, ['tenantId']).designations.tenantId.toUpperCase())
    })
    app.get('/:tenantId/:fileId', (req, res) => {
      res.send(capability(req, ['tenantId', 'fileId']).designations.fileId.toUpperCase())
    })
    expect(await get(app, '/acme/name')).toEqual([200, 'ACME'])
    expect(await get(app, '/acme/7')).toEqual([
      500,
      'GET /:tenantId/:fileId: the capability does not bind fileId: no guard demanded it',
    ])
  })

  it('in report mode a label that the token does not bind is an error where it is named, and never another value', async () => {
    const app = express()
    const report = writ({ ...options, mode: 'report' })
    app.get('/:tenantId/:fileId', report({ resource: 'files', designate: ['tenantId', 'fileId'] }), (req, res) => {
      res.send(capability(req, ['fileId']).designations.fileId)
    })
    expect((await get(app, '/acme/7'))[0]).toBe(500)
  })
})
