import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { capability, requires, type WritOptions, writ } from '../src/index.ts'
import { authority, options } from './support.ts'

const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const files = requires({ resource: 'files', designate: ['tenantId'] })

let app: FastifyInstance
afterEach(() => app.close())

function start(more: Partial<WritOptions> = {}): FastifyInstance {
  app = fastify()
  app.register(writ, { ...options, ...more })
  app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(error.message))
  return app
}

async function get(path: string): Promise<readonly [number, string]> {
  const { statusCode, body } = await app.inject({ url: path, headers: authority.headersFor(token) })
  return [statusCode, body]
}

it('a handler reads the labels that its route demands', async () => {
  start().get('/:tenantId', { config: { capability: files } }, async (request) =>
    capability(request).designations.tenantId.toUpperCase(),
  )
  expect(await get('/acme')).toEqual([200, 'ACME'])
})

it('a handler whose route gives its types gets the labels that it names, if the route demands them', async () => {
  start().get<{ Params: { tenantId: string } }>('/:tenantId', { config: { capability: files } }, async (request) =>
    capability(request, ['tenantId']).designations.tenantId.toUpperCase(),
  )
  app.get<{ Params: { id: string } }>('/:tenantId/:id', { config: { capability: files } }, async (request) =>
    capability(request, ['id']).designations.id.toUpperCase(),
  )
  expect(await get('/acme')).toEqual([200, 'ACME'])
  expect(await get('/acme/7')).toEqual([
    500,
    'GET /:tenantId/:id: the capability does not bind id: no guard demanded it',
  ])
})

it('in report mode capability(request) throws where the token does not bind what the route demands', async () => {
  const demands = requires({ resource: 'files', designate: ['tenantId', 'id'] })
  start({ mode: 'report' }).get('/:tenantId/:id', { config: { capability: demands } }, async (request) =>
    capability(request).designations.id.toUpperCase(),
  )
  expect(await get('/acme/7')).toEqual([
    500,
    'GET /:tenantId/:id: the capability does not bind tenantId: the guard reports, and lets such requests pass',
  ])
})

it('a token that may leave labels unbound is no error, and the label is missing', async () => {
  const loose = requires({ resource: 'files', designate: ['tenantId', 'id'], allowUndesignated: true })
  start().get('/:tenantId/:id', { config: { capability: loose } }, async (request) =>
    String(capability(request).designations.id),
  )
  expect(await get('/acme/7')).toEqual([200, 'undefined'])
})

it('of several requirements capability(request) promises no label, and gives the capability', async () => {
  const either = [files, requires({ resource: 'audit' })]
  start().get('/:tenantId', { config: { capability: either } }, async (request) => capability(request).subject)
  expect(await get('/acme')).toEqual([200, 'alice'])
})

it('requires throws a TypeError that names the key which is wrong', () => {
  app = fastify()
  expect(() => requires({ resource: 'files', designates: ['tenantId'] } as never)).toThrow(/^designates: /)
  expect(() => requires({ resource: 7 } as never)).toThrow(/^resource: /)
})
