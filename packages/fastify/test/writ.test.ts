import { CapabilityError, createUseLedger, type VerifiedCapability } from '@writ/core'
import fastify, { type FastifyInstance, type RouteShorthandOptions } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { type Decision, mergeRequirements, requirementOf, type WritOptions, writ } from '../src/index.ts'
import { authority, options, send, tokenFor } from './support.ts'

const ok = async () => 'ok'
const files = { resource: 'files', designate: ['tenantId'] } as const

let app: FastifyInstance
afterEach(() => app.close())

function start(more: Partial<WritOptions> = {}): FastifyInstance {
  app = fastify()
  app.register(writ, { ...options, ...more })
  return app
}

describe('request.capability', () => {
  it('request.capability is what the guard proved, and is not a visible property of the request', async () => {
    let keys: string[] = []
    start().get('/:tenantId', { config: { capability: files } }, async (request) => {
      keys = Object.keys(request)
      return { subject: request.capability.subject, same: request.capability === request.optionalCapability }
    })
    expect(await send(app, '/acme', await tokenFor())).toEqual([200, { subject: 'alice', same: true }])
    expect(keys).not.toContain('capability')
  })

  it('request.capability without a capability throws an error that names the pattern of the route, not the path', async () => {
    const errors: unknown[] = []
    start().setErrorHandler((error, _request, reply) => {
      errors.push(error)
      return reply.code(500).send('')
    })
    app.get('/:tenantId/open', { config: { capability: 'public' } }, async (request) => {
      expect(request.optionalCapability).toBe(undefined)
      return request.capability
    })
    app.setNotFoundHandler((request) => request.capability)
    expect(await send(app, '/%0Aforged/open', await tokenFor())).toEqual([500, ''])
    expect(await send(app, '/%0Aforged')).toEqual([500, ''])
    expect(String(errors[0])).toMatch(/^Error: GET \/:tenantId\/open: no capability is attached/)
    expect(String(errors[1])).toMatch(/^Error: GET \(no route\): no capability is attached/)
  })

  it('request.capability is there in hooks after the guard, even of plugins that were loaded before it', async () => {
    const seen: (VerifiedCapability | undefined)[] = []
    app = fastify()
    app.register(async (scope) => {
      scope.addHook('preHandler', async (request) => {
        seen.push(request.optionalCapability)
      })
      scope.get('/:tenantId', { config: { capability: files } }, ok)
    })
    app.register(writ, options)
    expect(await send(app, '/acme', await tokenFor())).toEqual([200, 'ok'])
    expect(seen).toMatchObject([{ subject: 'alice' }])
  })
})

describe('what a schema coerces', () => {
  const order = { resource: 'files', designate: { file: 'id' } } as const
  const schema = { params: { type: 'object', properties: { id: { type: 'integer' } } } }
  const route: RouteShorthandOptions = { schema, config: { capability: order } }
  const echo = async (request: { params: unknown; capability: VerifiedCapability }) => ({
    params: request.params,
    designations: request.capability.designations,
  })

  it('a param that a schema coerces passes if its text stays what was asserted', async () => {
    start().get('/:id', route, echo)
    expect(await send(app, '/5', await tokenFor({ file: '5' }))).toEqual([
      200,
      { params: { id: 5 }, designations: { file: '5' } },
    ])
  })

  it.each(['05', '5e0', '5.0', '%205', '+5', '5%20'])(
    'a param sent as %s that a schema coerces is refused, whichever text the token names',
    async (sent) => {
      start().get('/:id', route, echo)
      for (const file of ['5', decodeURIComponent(sent)]) {
        expect(await send(app, `/${sent}`, await tokenFor({ file }))).toEqual([403, 'wrong_designation'])
      }
    },
  )

  it('a param that a schema coerces to a boolean, null or an object is refused', async () => {
    start()
    app.setValidatorCompiler(() => (data) => {
      const { id } = data as { id: string }
      const value = { null: null, yes: true, object: { id }, date: new Date(0), array: ['x', 'y'] }[id]
      return { value: { id: value === undefined ? id : value } }
    })
    app.get('/:id', route, echo)
    for (const file of ['yes', 'object', 'date', 'array']) {
      expect(await send(app, `/${file}`, await tokenFor({ file }))).toEqual([403, 'wrong_designation'])
    }
    expect(await send(app, '/null', await tokenFor({ file: 'null' }))).toMatchObject([200, { params: { id: null } }])
  })

  it('a param that a schema removes is refused', async () => {
    start()
    app.setValidatorCompiler(() => () => ({ value: {} }))
    app.get('/:id', route, echo)
    expect(await send(app, '/5', await tokenFor({ file: '5' }))).toEqual([500, 'source_missing'])
  })

  it('a default of a schema does not replace a param that was not sent', async () => {
    const withDefault = { params: { type: 'object', properties: { id: { type: 'string', default: 'latest' } } } }
    start().get('/files/:id?', { schema: withDefault, config: { capability: order } }, echo)
    expect(await send(app, '/files', await tokenFor({ file: 'latest' }))).toEqual([500, 'source_missing'])
    expect(await send(app, '/files/latest', await tokenFor({ file: 'latest' }))).toMatchObject([200, {}])
  })

  it('a designate function runs again after a schema has coerced the params', async () => {
    const capability = {
      resource: 'files',
      designate: { file: ({ params }: { params: Record<string, string | undefined> }) => params['id'] },
    }
    start().get('/:id', { schema, config: { capability } }, echo)
    expect(await send(app, '/5', await tokenFor({ file: '5' }))).toMatchObject([200, {}])
    expect(await send(app, '/05', await tokenFor({ file: '05' }))).toEqual([403, 'wrong_designation'])
  })

  it('onDecision learns of a coerced param that is refused, and report mode only reports it', async () => {
    for (const mode of ['enforce', 'report'] as const) {
      const decisions: Decision[] = []
      start({ mode, onDecision: (decision) => decisions.push(decision) }).get('/:id', route, echo)
      const [status] = await send(app, '/05', await tokenFor({ file: '05' }))
      expect(status).toBe(mode === 'report' ? 200 : 403)
      expect(decisions).toMatchObject([
        { allowed: true },
        { allowed: false, code: 'wrong_designation', label: 'file', expected: '05', actual: '5' },
      ])
    }
  })

  it('a coerced param does not matter to a token without designations where the route allows that', async () => {
    start().get('/:id', { schema, config: { capability: { ...order, allowUndesignated: true } } }, echo)
    expect(await send(app, '/05', await tokenFor({}))).toEqual([200, { params: { id: 5 }, designations: {} }])
    expect(await send(app, '/05', await tokenFor({ file: '05' }))).toEqual([403, 'wrong_designation'])
  })

  it('a second decision after coercion neither proves a token twice nor spends a single use twice', async () => {
    let asked = 0
    const singleUse = createUseLedger({ now: authority.now })
    start({ singleUse, revocation: { isRevoked: () => ++asked === 0 } })
    app.get('/:id', { schema, config: { capability: { ...order, allowUndesignated: true } } }, echo)
    const once = await authority.mint({ resource: 'files', operation: 'read', singleUse })
    expect((await send(app, '/05', once))[0]).toBe(200)
    expect(asked).toBe(1)
    expect(await send(app, '/05', once)).toEqual([403, 'already_used'])
  })
})

describe('a designation of the body', () => {
  const capability = { resource: 'files', designate: { tenantId: { body: 'tenant' } } } as const
  const post = (payload: object | string) => ({
    method: 'POST' as const,
    payload,
    headers: { 'content-type': 'application/json' },
  })
  const token = () => tokenFor({ tenantId: 'acme' }, 'write')

  it('a designation of the body is what the handler gets, after coercion by a schema', async () => {
    const schema = { body: { type: 'object', properties: { tenant: { type: 'string' } } } }
    start().post('/', { schema, config: { capability } }, async (request) => request.capability.designations)
    expect(await send(app, '/', await token(), post({ tenant: 'acme' }))).toEqual([200, { tenantId: 'acme' }])
    expect(await send(app, '/', await token(), post({ tenant: 'globex' }))).toEqual([403, 'wrong_designation'])
  })

  it('a designation of the body is refused if a schema changes it or a default replaces it', async () => {
    start()
    app.setValidatorCompiler(() => ({ tenant = 'acme' }) => ({ value: { tenant: tenant.toLowerCase() } }))
    app.post('/', { schema: { body: {} }, config: { capability } }, ok)
    expect(await send(app, '/', await token(), post({ tenant: 'acme' }))).toEqual([200, 'ok'])
    const upper = await tokenFor({ tenantId: 'ACME' }, 'write')
    for (const mallory of [await token(), upper]) {
      expect(await send(app, '/', mallory, post({ tenant: 'ACME' }))).toEqual([403, 'wrong_designation'])
    }
    expect(await send(app, '/', await token(), post({}))).toEqual([400, 'source_empty'])
  })

  it.each([1_000, 3_000, 10_000, 100_000])(
    'a designation of the body is decided about in a body with %i nested arrays',
    async (depth) => {
      start()
      app.post('/', { config: { capability } }, ok)
      const deep = (tenant: string) => post(`{"tenant":"${tenant}","deep":${'['.repeat(depth)}${']'.repeat(depth)}}`)
      expect(await send(app, '/', await token(), deep('acme'))).toEqual([200, 'ok'])
      expect(await send(app, '/', await token(), deep('globex'))).toEqual([403, 'wrong_designation'])
    },
  )

  it('a change of a body with 3000 nested arrays is noticed', async () => {
    start()
    app.after(() => {
      app.addHook('preValidation', async ({ body }) => void Object.assign(body as object, { tenant: 'globex' }))
    })
    app.post('/', { config: { capability } }, ok)
    const payload = `{"tenant":"acme","deep":${'['.repeat(3_000)}${']'.repeat(3_000)}}`
    expect(await send(app, '/', await token(), post(payload))).toEqual([403, 'wrong_designation'])
  })

  it('no body is parsed for a token that is refused for another reason', async () => {
    let parsed = 0
    start().addHook('preValidation', async () => {
      parsed += 1
    })
    app.post('/', { config: { capability } }, ok)
    expect(await send(app, '/', undefined, post('{'))).toEqual([401, 'missing_token'])
    expect(await send(app, '/', 'nonsense', post('{'))).toEqual([403, 'malformed_token'])
    expect(await send(app, '/', await tokenFor(), post('{'))).toEqual([403, 'wrong_operation'])
    expect(parsed).toBe(0)
    expect((await send(app, '/', await token(), post('{')))[0]).toBe(400)
    expect(await send(app, '/', await token(), post({ tenant: 'acme' }))).toEqual([200, 'ok'])
    expect(parsed).toBe(1)
  })

  it('a designation of the body is decided once, after the params that a schema has coerced', async () => {
    const decisions: Decision[] = []
    const schema = { params: { type: 'object', properties: { id: { type: 'integer' } } } }
    const both = { resource: 'files', designate: { tenantId: { body: 'tenant' }, file: 'id' } } as const
    start({ onDecision: (decision) => decisions.push(decision) })
    app.post('/:id', { schema, config: { capability: both } }, ok)
    const exact = await tokenFor({ tenantId: 'acme', file: '5' }, 'write')
    expect(await send(app, '/5', exact, post({ tenant: 'acme' }))).toEqual([200, 'ok'])
    expect(decisions).toMatchObject([{ allowed: true }])
    const padded = await tokenFor({ tenantId: 'acme', file: '05' }, 'write')
    expect(await send(app, '/05', padded, post({ tenant: 'acme' }))).toEqual([403, 'wrong_designation'])
  })

  it('a designate function may read the body, and waits for it', async () => {
    const read = {
      resource: 'files',
      designate: { tenantId: async (view: { body?: unknown }) => ((await view.body) as { tenant: string }).tenant },
    }
    start().post('/', { config: { capability: read } }, ok)
    expect(await send(app, '/', await token(), post({ tenant: 'acme' }))).toEqual([200, 'ok'])
    expect(await send(app, '/', await token(), post({ tenant: 'globex' }))).toEqual([403, 'wrong_designation'])
  })

  it('a body that onDecision asks for does not let a refused request pass', async () => {
    start({ onDecision: async (_decision, { request }) => void (await request.body) })
    app.post('/', { config: { capability: { resource: 'files' } } }, ok)
    expect(await send(app, '/', undefined, post({}))).toEqual([401, 'missing_token'])
  })

  it('a designation of the body is refused through the error handler with refuse: error', async () => {
    start({ refuse: 'error' }).post('/', { config: { capability } }, ok)
    const errors: unknown[] = []
    app.setErrorHandler((error, _request, reply) => {
      errors.push(error)
      return reply.send(error)
    })
    const response = await app.inject({
      ...post({ tenant: 'globex' }),
      url: '/',
      headers: { ...post('').headers, ...authority.headersFor(await token()) },
    })
    expect(response.statusCode).toBe(403)
    expect(response.headers['www-authenticate']).toBe(
      'Bearer realm="writ", error="insufficient_scope", scope="files:write"',
    )
    expect(response.json()).toMatchObject({ code: 'wrong_designation', statusCode: 403 })
    expect(response.body).not.toMatch(/acme|globex/)
    expect(errors).toEqual([expect.any(CapabilityError)])
  })
})

describe('a path that no route has', () => {
  it.each(['a handler of its own', 'none'])(
    'a path without a route stays 404 with %s, in a plugin too',
    async (handler) => {
      start()
      if (handler !== 'none') app.setNotFoundHandler((_request, reply) => reply.code(404).send('nothing'))
      app.register(
        async (scope) => {
          scope.setNotFoundHandler((_request, reply) => reply.code(404).send('nothing here'))
          scope.get('/:tenantId', { config: { capability: files } }, (_request, reply) => reply.callNotFound())
        },
        { prefix: '/api' },
      )
      const none = { message: 'Route GET:/x not found', error: 'Not Found', statusCode: 404 }
      for (const token of [undefined, 'nonsense', await tokenFor()]) {
        expect(await send(app, '/x', token)).toEqual([404, handler === 'none' ? none : 'nothing'])
        expect(await send(app, '/api/x/y', token)).toEqual([404, 'nothing here'])
      }
      expect(await send(app, '/api/acme')).toEqual([401, 'missing_token'])
      expect(await send(app, '/api/acme', await tokenFor())).toEqual([404, 'nothing here'])
    },
  )
})

describe('HEAD', () => {
  it('the HEAD route that Fastify adds to a GET is guarded by what the GET declares', async () => {
    start().get('/:tenantId', { config: { capability: files } }, ok)
    const head = { method: 'HEAD' as const }
    expect((await send(app, '/acme', undefined, head))[0]).toBe(401)
    expect((await send(app, '/globex', await tokenFor(), head))[0]).toBe(403)
    expect(await send(app, '/acme', await tokenFor(), head)).toEqual([200, ''])
  })

  it('a HEAD route of the app has its own requirement', async () => {
    start().head('/:tenantId', { config: { capability: { ...files, operation: 'peek' } } }, ok)
    app.get('/:tenantId', { config: { capability: files } }, ok)
    const head = { method: 'HEAD' as const }
    expect((await send(app, '/acme', await tokenFor(), head))[0]).toBe(403)
    expect((await send(app, '/acme', await tokenFor({ tenantId: 'acme' }, 'peek'), head))[0]).toBe(200)
  })
})

describe('a refusal', () => {
  it('a refusal keeps the headers that earlier hooks have set', async () => {
    app = fastify()
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('X-Request-Id', '7')
    })
    app.register(writ, options)
    app.get('/:tenantId', { config: { capability: files } }, ok)
    const refused = await app.inject('/acme')
    expect([refused.statusCode, refused.headers['x-request-id'], refused.headers['etag']]).toEqual([
      401,
      '7',
      undefined,
    ])
  })

  it('a refusal is not sent after handlerTimeout has answered', async () => {
    let decide: () => void = () => {}
    const decided = new Promise<void>((resolve) => {
      decide = resolve
    })
    start({ onDecision: () => decided }).get('/:tenantId', { handlerTimeout: 1, config: { capability: files } }, ok)
    app.addHook('onSend', async () => decide())
    expect(await send(app, '/acme')).toEqual([503, 'FST_ERR_HANDLER_TIMEOUT'])
  })
})

describe('requirementOf', () => {
  it('requirementOf returns what a route demands, frozen, and the same object each time', () => {
    app = fastify()
    const config = { capability: files }
    const requirement = requirementOf({ config })
    expect(requirement).toMatchObject({ resource: 'files', designate: { tenantId: 'tenantId' }, optional: false })
    expect(Object.isFrozen(requirement)).toBe(true)
    expect(requirementOf({ config })).toBe(requirement)
    expect(requirementOf({ config: { capability: [files, { resource: 'all' }] } })).toMatchObject([
      { resource: 'files' },
      { resource: 'all' },
    ])
    expect(requirementOf({ config: { capability: 'public' } })).toBe('public')
    expect(requirementOf({ config: {} })).toBe(undefined)
    expect(requirementOf({})).toBe(undefined)
  })

  it('requirementOf works in handlers, and later changes of the declaration have no effect', async () => {
    const capability = { resource: 'files', designate: ['tenantId'] }
    start().get('/:tenantId', { config: { capability } }, async (request) => requirementOf(request.routeOptions))
    await app.ready()
    capability.resource = 'other'
    expect(await send(app, '/acme', await tokenFor())).toMatchObject([200, { resource: 'files' }])
  })

  it('requirementOf returns a requirement that was merged from parts', () => {
    app = fastify()
    const capability = mergeRequirements(files, { designate: { file: 'id' } })
    expect(requirementOf({ config: { capability } })).toMatchObject({ designate: { tenantId: 'tenantId', file: 'id' } })
  })
})
