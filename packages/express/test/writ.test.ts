import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { CapabilityError, type VerifiedCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import type { ErrorRequestHandler, Express } from 'express'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { capability, optionalCapability, requirementOf, type WritOptions, writ } from '../src/index.ts'
import { versions } from './express-target.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }

/** Serves an app for as long as one GET takes. */
async function get(app: Express, path: string, headers: Record<string, string> = authority.headersFor(token)) {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } finally {
    server.close()
  }
}

// Express logs what its own error handling answers, a little after the answer.
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

describe('writ', () => {
  it.each([
    ['keys: is required', {}],
    ['key: unknown option', { key: authority.publicKey, keys: authority.publicKey }],
    ['realm: must be', { keys: authority.publicKey, realm: '"' }],
  ])('throws a TypeError "%s" when it is built', (message, wrong) => {
    expect(() => writ(wrong as never)).toThrow(TypeError)
    expect(() => writ(wrong as never)).toThrow(new RegExp(`^${message}`))
  })
})

describe.each(versions)('on %s', (name, express) => {
  const guard = writ(options)
  const files = guard.with({ resource: 'files', designate: ['tenantId'] })

  it('a guard in use(path) sees the params of the mount, and covers the routes below', async () => {
    const app = express()
    app.use('/:tenantId', files())
    app.get('/:tenantId/logo', (req, res) => {
      res.json(capability(req).designations)
    })
    expect(await get(app, '/acme/logo')).toMatchObject({ status: 200, text: '{"tenantId":"acme"}' })
    expect(await get(app, '/globex/logo')).toMatchObject({ status: 403 })
  })

  it('a guard in a router sees the params of the mount if the router merges them', async () => {
    for (const mergeParams of [true, false]) {
      const app = express()
      app.use(
        '/:tenantId',
        express.Router({ mergeParams }).get('/logo', files(), (_req, res) => res.json('ok')),
      )
      const { status, text } = await get(app, '/acme/logo')
      expect(status).toBe(mergeParams ? 200 : 500)
      if (!mergeParams) expect(JSON.parse(text).code).toBe('source_missing')
    }
  })

  it('a wildcard param with several values does not designate', async () => {
    const app = express()
    const path = name === 'Express 5' ? '/*tenantId' : /^\/(?<other>.*)$/
    app.get(path, files(), (_req, res) => res.json('ok'))
    expect(JSON.parse((await get(app, '/acme/x')).text).code).toBe('source_missing')
  })

  it('a designate function sees params that are strings only', async () => {
    const app = express()
    const byParam = guard({ resource: 'files', designate: { tenantId: ({ params }) => params['tenantId'] } })
    app.get(name === 'Express 5' ? '/*tenantId' : '/:tenant', byParam, (_req, res) => res.json('ok'))
    expect(JSON.parse((await get(app, '/acme')).text).code).toBe('source_empty')
  })

  it('a designate function gets the request of Express', async () => {
    const app = express()
    app.use((req, _res, next) => {
      Object.assign(req, { tenant: 'acme' })
      next()
    })
    const byHost = guard({
      resource: 'files',
      designate: { tenantId: ({ path }, req) => (path === '/x' ? (req as { tenant?: string }).tenant : undefined) },
    })
    app.get('/x', byHost, (_req, res) => res.json('ok'))
    expect((await get(app, '/x?y')).status).toBe(200)
  })

  it('capability() without a guard throws an error that names the pattern of the route, not the path', async () => {
    const app = express()
    const errors: unknown[] = []
    app.get('/:tenantId/open', (req, res) => {
      expect(optionalCapability(req)).toBe(undefined)
      res.json(capability(req))
    })
    app.use(((error, _req, res, _next) => {
      errors.push(error)
      res.status(500).end()
    }) satisfies ErrorRequestHandler)
    expect((await get(app, '/%0Aforged/open')).status).toBe(500)
    expect(String(errors[0])).toMatch(/^Error: GET \/:tenantId\/open: no capability is attached/)
  })

  it('the capability of the last guard stays, and is not a visible property of the request', async () => {
    const app = express()
    let first: VerifiedCapability | undefined
    app.use('/:tenantId', files(), (req, _res, next) => {
      first = capability(req)
      next()
    })
    app.get('/:tenantId/logo', files(), (req, res) => {
      expect(capability(req)).not.toBe(first)
      res.json(Object.keys(req).filter((key) => /capab|writ/i.test(key)))
    })
    expect(await get(app, '/acme/logo')).toMatchObject({ status: 200, text: '[]' })
  })

  it('a refusal keeps the headers that are set, and is not answered twice', async () => {
    const app = express()
    app.use((_req, res, next) => {
      res.set('X-Request-Id', '7')
      next()
    })
    const slow = writ({
      ...options,
      onRefusal: (_refusal, req) => {
        if (req.path === '/late') req.res?.status(408).end('too late')
        return undefined
      },
    })
    app.get(
      '/{*any}'.slice(0, name === 'Express 5' ? undefined : 0) || '*',
      slow({ resource: 'orders' }),
      (_req, res) => {
        res.json('ok')
      },
    )
    const refused = await get(app, '/x')
    expect([refused.status, refused.headers.get('x-request-id'), refused.headers.get('etag')]).toEqual([403, '7', null])
    expect(await get(app, '/late')).toMatchObject({ status: 408, text: 'too late' })
  })

  it("refuse: 'error' leaves the answer to the error pages of Express, which show no stack and no values", async () => {
    const app = express()
    const errors: unknown[] = []
    app.get('/:tenantId', writ({ ...options, refuse: 'error' })({ resource: 'files', designate: ['tenantId'] }))
    app.use(((error, _req, _res, next) => {
      errors.push(error)
      next(error)
    }) satisfies ErrorRequestHandler)
    app.set('env', 'development')
    const { status, headers, text } = await get(app, '/globex')
    expect(status).toBe(403)
    expect(headers.get('www-authenticate')).toBe('Bearer realm="writ", error="insufficient_scope", scope="files:read"')
    expect(text).not.toMatch(/acme|globex|node_modules|\.ts:/)
    expect(errors).toEqual([expect.any(CapabilityError)])
  })

  it('requirementOf returns what a handler or a route demands', () => {
    const app = express()
    const reading = files({ operation: 'list' })
    const route = app
      .route('/:tenantId')
      .get(reading)
      .post(guard.public())
      .put((_req, res) => {
        res.end()
      })
    expect(requirementOf(reading)).toMatchObject({ resource: 'files', operation: 'list' })
    expect(requirementOf(route)).toBe(requirementOf(reading))
    expect(requirementOf(route, 'POST')).toBe('public')
    expect(requirementOf(route, 'PUT')).toBe(undefined)
    expect(requirementOf(() => {})).toBe(undefined)
  })
})
