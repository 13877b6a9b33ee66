import { Validator } from '@seriousme/openapi-schema-validator'
import { attenuate } from '@writ/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedAuthority, serveAuthority } from '../../src/index.ts'
import { createSqlite, type TestDatabase } from '../store/open-databases.ts'
import { POLICY, serveTest } from './support/serve.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
type Answer = any

interface Operation {
  readonly method: string
  readonly path: string
  readonly security: 'identity' | 'capability' | undefined
}

interface OpenApi {
  readonly openapi: string
  readonly paths: Record<string, Record<string, { security?: object[] }>>
}

/** Every operation of the document. */
async function listOperations(url: string): Promise<readonly Operation[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replace('{id}', '00'.repeat(64)),
      security: security && (Object.keys(security[0] ?? {})[0] as Operation['security']),
    })),
  )
}

let database: TestDatabase
let authority: ServedAuthority
let operations: readonly Operation[]

beforeAll(async () => {
  database = await createSqlite()
  authority = await serveAuthority({
    folder: database.location,
    port: 0,
    initial: { policy: POLICY },
    limits: { credential: { burst: 1e6, perSecond: 1e6 }, address: { burst: 1e6, perSecond: 1e6 } },
    report: () => undefined,
  })
  operations = await listOperations(authority.url)
})

afterAll(async () => {
  await authority.close()
  await database.remove()
})

async function send({ method, path }: Operation, token?: string, body = '{"nonsense": true}') {
  const response = await fetch(authority.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(method === 'GET' ? {} : { body }),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer }
}

describe('the OpenAPI document', () => {
  it('is a document of OpenAPI 3.1 with every route of the service', async () => {
    const document = (await (await fetch(`${authority.url}/openapi.json`)).json()) as OpenApi
    expect(await new Validator().validate(document as never)).toEqual({ valid: true })
    expect(document.openapi).toBe('3.1.0')
    const listed = operations.map(({ method, path }) => `${method} ${path.replace('00'.repeat(64), '{id}')}`)
    expect(listed.sort()).toEqual(
      [
        'GET /.well-known/biscuit-web-keys',
        'GET /.well-known/oauth-authorization-server',
        'GET /.well-known/writ',
        'GET /v1/audit',
        'GET /v1/audit/checkpoint',
        'GET /v1/lineage/{id}',
        'GET /v1/policy',
        'GET /v1/revocations',
        'POST /oauth/token',
        'POST /v1/capabilities',
        'POST /v1/contexts',
        'POST /v1/contexts/exposures',
        'POST /v1/contexts/forks',
        'POST /v1/contexts/subjects',
        'POST /v1/enrolments',
        'POST /v1/identities',
        'POST /v1/identities/end',
        'POST /v1/identities/refresh',
        'POST /v1/identities/subjects',
        'POST /v1/keys/rotate',
        'POST /v1/policy/evaluate',
        'POST /v1/revocations',
        'PUT /v1/policy',
      ].sort(),
    )
  })
})

describe('a route that demands a credential', () => {
  it('answers 401 without one, before it looks at the body', async () => {
    const demanding = operations.filter(({ security }) => security !== undefined)
    expect(demanding).toHaveLength(17)
    for (const operation of demanding) {
      const { status, headers, body } = await send(operation)
      const name = `${operation.method} ${operation.path}`
      expect([name, status]).toEqual([name, 401])
      expect(headers.get('www-authenticate'), name).toMatch(/^Bearer realm="writ"/)
      expect(headers.get('content-type'), name).toBe('application/problem+json')
      expect(body.requestId, name).toBe(headers.get('x-request-id'))
    }
  })

  it('of administrators takes no identity, no capability for something else, and none that is for another service', async () => {
    const secretOf = async (subject: string) => (await authority.enrol({ subject })).secret
    const identityOf = async (subject: string): Promise<string> => {
      const response = await fetch(`${authority.url}/v1/identities`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ secret: await secretOf(subject) }),
      })
      return ((await response.json()) as Answer).identity
    }
    const mint = async (identity: string, body: object): Promise<string> => {
      const { body: answer } = await send(
        { method: 'POST', path: '/v1/capabilities', security: 'identity' },
        identity,
        JSON.stringify(body),
      )
      return answer.capability
    }
    const gateway = await identityOf('service:gateway')
    const admin = await identityOf('admin')
    const invoices = await mint(gateway, { target: 'invoices', operation: 'read', anchor: 'service:authority' })
    const lineage = await mint(admin, { target: 'authority.lineage', operation: 'read' })
    const narrowed = await attenuate(lineage, new Map([[1, await authority.publicKey()]]), {
      designations: { tenantId: 'acme' },
    })
    for (const operation of operations.filter(({ security }) => security === 'capability')) {
      const name = `${operation.method} ${operation.path}`
      for (const token of [gateway, admin, invoices]) {
        const { status } = await send(operation, token)
        expect([name, status]).toEqual([name, 403])
      }
      if (!operation.path.startsWith('/v1/lineage')) expect((await send(operation, lineage)).status, name).toBe(403)
      // What a holder has narrowed to an object is not for everything.
      expect((await send(operation, narrowed)).status, name).toBe(403)
    }
  })

  it('of identities takes no capability, and no token of another authority', async () => {
    const other = await serveTest()
    const foreign = await other.identityOf('service:gateway')
    for (const operation of operations.filter(({ security }) => security === 'identity')) {
      const { status, body } = await send(operation, foreign)
      expect([operation.path, status, body.code]).toEqual([operation.path, 401, 'refused_credential'])
      expect((await send(operation, 'nonsense')).body.code).toBe('refused_credential')
    }
  })
})

describe('what nobody asked for', () => {
  it('an unknown path is a 404, an unknown method a 405 that lists those that there are', async () => {
    const missing = await send({ method: 'GET', path: '/v1/nothing', security: undefined })
    expect([missing.status, missing.body.code]).toEqual([404, 'not_found'])
    const wrong = await send({ method: 'PATCH', path: '/v1/policy', security: undefined })
    expect([wrong.status, wrong.body.code, wrong.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'GET, HEAD, PUT',
    ])
  })

  it('another origin is told nothing about CORS', async () => {
    const response = await fetch(`${authority.url}/healthz`, { headers: { origin: 'https://mallory.example' } })
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  it('a request id is taken if it is harmless, and made otherwise', async () => {
    const idOf = async (id: string) =>
      (await fetch(`${authority.url}/healthz`, { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    expect(await idOf('trace-42')).toBe('trace-42')
    expect(await idOf('x'.repeat(100))).not.toBe('x'.repeat(100))
    expect(await idOf('a b')).not.toBe('a b')
  })
})
