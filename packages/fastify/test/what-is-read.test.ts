import type { IncomingMessage } from 'node:http'
import middie from '@fastify/middie'
import type { RequestView } from '@writ/http'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { type Decision, type WritOptions, writ } from '../src/index.ts'
import { authority, options, send, tokenFor } from './support.ts'

const inQuery = {
  resource: 'files',
  designate: { tenantId: ({ query }: RequestView) => query.get('tenant') ?? undefined },
}
const inPath = { resource: 'files', designate: { tenantId: ({ path }: RequestView) => path.split('/')[1] } }
const echo = async (request: { query: unknown }) => request.query

let app: FastifyInstance
afterEach(() => app.close())

function start(server: FastifyServerOptions = {}, more: Partial<WritOptions> = {}): FastifyInstance {
  app = fastify(server)
  app.register(writ, { ...options, ...more })
  return app
}

const [acme, globex] = [await tokenFor({ tenantId: 'acme' }), await tokenFor({ tenantId: 'globex' })]

describe('a query is asserted as the handler reads it', () => {
  it('the query is asserted as the handler reads it when rewriteUrl changes it', async () => {
    const rewriteUrl = ({ url = '' }: IncomingMessage) =>
      url.replace(/^\/(\w+)\/list.*/, (_, tenant: string) => `/list?tenant=${tenant}`)
    start({ rewriteUrl }).get('/list', { config: { capability: inQuery } }, echo)
    expect(await send(app, '/acme/list', acme)).toEqual([200, { tenant: 'acme' }])
    expect(await send(app, '/acme/list?tenant=globex', globex)).toEqual([403, 'wrong_designation'])
  })

  it('the query is asserted as the handler reads it when a semicolon begins it', async () => {
    start({ useSemicolonDelimiter: true }).get('/list', { config: { capability: inQuery } }, echo)
    expect(await send(app, '/list;tenant=acme&rest=?tenant=globex', globex)).toEqual([403, 'wrong_designation'])
    expect(await send(app, '/list;tenant=acme&rest=?tenant=globex', acme)).toMatchObject([200, { tenant: 'acme' }])
  })

  it('the query is asserted as the handler reads it when a parser of the app reads names in its own way', async () => {
    const querystringParser = (text: string) => ({ ...Object.fromEntries(new URLSearchParams(text.toLowerCase())) })
    start({ routerOptions: { querystringParser } }).get('/list', { config: { capability: inQuery } }, echo)
    expect(await send(app, '/list?tenant=globex&TENANT=acme', globex)).toEqual([403, 'wrong_designation'])
    expect(await send(app, '/list?tenant=globex&TENANT=acme', acme)).toEqual([200, { tenant: 'acme' }])
  })

  it('a query value of which a parser of the app makes an object does not designate', async () => {
    const querystringParser = () => ({ tenant: { toString: () => 'acme' } }) as unknown as Record<string, string>
    start({ routerOptions: { querystringParser } }).get('/list', { config: { capability: inQuery } }, echo)
    expect(await send(app, '/list?tenant=acme', acme)).toEqual([400, 'source_empty'])
  })

  it('a query value with half of a surrogate pair, which a parser of the app may make, does not designate', async () => {
    const querystringParser = () => ({ tenant: '\ud800' })
    start({ routerOptions: { querystringParser } })
    const capability = { resource: 'files', designate: { tenantId: { query: 'tenant' } } } as const
    app.get('/source', { config: { capability } }, echo)
    app.get('/function', { config: { capability: inQuery } }, echo)
    const token = await tokenFor({ tenantId: '\ufffd' })
    for (const path of ['/source?', '/function?']) {
      expect(await send(app, path, token)).toEqual([400, 'source_empty'])
    }
  })

  it('the query is asserted as the handler reads it when a schema coerces it', async () => {
    const schema = { querystring: { type: 'object', properties: { tenant: { type: 'integer' } } } }
    start().get('/list', { schema, config: { capability: inQuery } }, echo)
    expect(await send(app, '/list?tenant=7', await tokenFor({ tenantId: '7' }))).toEqual([200, { tenant: 7 }])
    expect(await send(app, '/list?tenant=07', await tokenFor({ tenantId: '07' }))).toEqual([403, 'wrong_designation'])
  })

  it('the query is asserted as the handler reads it when a hook changes it after the guard', async () => {
    start()
    app.after(() => {
      app.addHook('preValidation', async ({ query }) => {
        Object.assign(query as object, { tenant: 'globex' })
      })
    })
    app.get('/list', { config: { capability: inQuery } }, echo)
    expect(await send(app, '/list?tenant=acme', acme)).toEqual([403, 'wrong_designation'])
  })
})

describe('what is not decided about as the handler reads it', () => {
  it('a header is asserted as it was sent when a schema coerces it', async () => {
    const schema = { headers: { type: 'object', properties: { 'x-tenant': { type: 'integer' } } } }
    const capability = { resource: 'files', designate: { tenantId: { header: 'x-tenant' } } } as const
    start().get('/', { schema, config: { capability } }, async ({ headers }) => ({ read: headers['x-tenant'] }))
    const headers = { 'x-tenant': '05' }
    expect(await send(app, '/', await tokenFor({ tenantId: '05' }), { headers })).toEqual([200, { read: 5 }])
    expect(await send(app, '/', await tokenFor({ tenantId: '5' }), { headers })).toEqual([403, 'wrong_designation'])
  })

  it('what a preHandler hook changes after the guard is not decided about', async () => {
    const lower = async ({ params }: { params: unknown }) => {
      const named = params as { tenantId: string }
      named.tenantId = named.tenantId.toLowerCase()
    }
    const config = { capability: { resource: 'files', designate: ['tenantId'] } } as const
    start().get('/:tenantId', { preHandler: lower, config }, async ({ params }) => params)
    const upper = await tokenFor({ tenantId: 'ACME' })
    expect(await send(app, '/ACME', upper)).toEqual([200, { tenantId: 'acme' }])
    expect(await send(app, '/ACME', acme)).toEqual([403, 'wrong_designation'])
  })
})

describe('a method and a path are decided about as the handler reads them', () => {
  const capability = { resource: 'files', designate: ['tenantId'] } as const
  const override = (request: IncomingMessage) => {
    const { 'x-http-method-override': method } = request.headers
    if (typeof method === 'string') request.method = method
  }
  const headers = { 'x-http-method-override': 'DELETE' }
  const did: string[] = []
  function declare() {
    did.length = 0
    app.route({
      method: ['GET', 'POST', 'DELETE'],
      url: '/:tenantId',
      config: { capability },
      handler: async ({ method }) => {
        did.push(method)
        return method
      },
    })
  }

  it.each(['onRequest', 'preParsing', 'preValidation'] as const)(
    'the guard decides about the new method when an override changes it in %s after the guard',
    async (hook) => {
      const decisions: Decision[] = []
      start({}, { onDecision: (decision) => decisions.push(decision) })
      app.after(() => {
        app.addHook(hook as 'onRequest', async ({ raw }) => override(raw))
      })
      declare()
      expect(await send(app, '/acme', acme)).toEqual([200, 'GET'])
      expect(await send(app, '/acme', acme, { headers })).toEqual([403, 'wrong_operation'])
      const deleting = await tokenFor({ tenantId: 'acme' }, 'write')
      expect(await send(app, '/acme', deleting, { headers })).toEqual([403, 'wrong_operation'])
      expect(did).toEqual(['GET'])
      expect(decisions.map(({ operation, allowed }) => `${operation} ${allowed}`)).toEqual([
        'read true',
        'read true',
        'write false',
        'read false',
      ])
    },
  )

  it('the guard decides about the new method when an override changes it in onRequest before the guard', async () => {
    app = fastify()
    app.addHook('onRequest', async ({ raw }) => override(raw))
    app.register(writ, options)
    declare()
    expect(await send(app, '/acme', acme, { headers })).toEqual([403, 'wrong_operation'])
    expect(await send(app, '/acme', await tokenFor({ tenantId: 'acme' }, 'write'), { headers })).toEqual([
      200,
      'DELETE',
    ])
  })

  it.each(['before', 'after'])(
    'the guard decides about the new method when middleware of @fastify/middie overrides it %s the guard',
    async (order) => {
      app = fastify()
      const register = async () => {
        await app.register(middie)
        app.use((request, _response, next) => {
          override(request)
          next()
        })
      }
      if (order === 'before') await register()
      await app.register(writ, options)
      if (order === 'after') await register()
      declare()
      expect(await send(app, '/acme', acme, { headers })).toEqual([403, 'wrong_operation'])
      expect(await send(app, '/acme', acme)).toEqual([200, 'GET'])
      expect(did).toEqual(['GET'])
    },
  )

  it('the guard decides about the path that rewriteUrl routes to', async () => {
    const rewriteUrl = ({ url = '' }: IncomingMessage) => url.replace('/globex', '/acme')
    start({ rewriteUrl }).get('/:tenantId/*', { config: { capability: inPath } }, async ({ url }) => url)
    expect(await send(app, '/globex/x', globex)).toEqual([403, 'wrong_designation'])
    expect(await send(app, '/globex/x', acme)).toEqual([200, '/acme/x'])
  })

  it('the guard decides about the new URL when a hook changes it after the guard', async () => {
    start()
    app.after(() => {
      app.addHook('onRequest', async ({ raw }) => {
        raw.url = '/globex/x'
      })
    })
    app.get('/:tenantId/*', { config: { capability: inPath } }, async ({ url }) => url)
    expect(await send(app, '/acme/x', acme)).toEqual([403, 'wrong_designation'])
  })

  it('the guard decides about the route that a version or a host selects', async () => {
    start()
    for (const [version, resource] of Object.entries({ '1.0.0': 'files', '2.0.0': 'audit' })) {
      app.get(
        '/:tenantId',
        { constraints: { version }, config: { capability: { ...capability, resource } } },
        async () => version,
      )
    }
    app.get(
      '/:tenantId',
      { constraints: { host: 'admin.example' }, config: { capability: { resource: 'audit' } } },
      echo,
    )
    expect(await send(app, '/acme', acme, { headers: { 'accept-version': '1.x' } })).toEqual([200, '1.0.0'])
    expect(await send(app, '/acme', acme, { headers: { 'accept-version': '2.x' } })).toEqual([403, 'wrong_resource'])
    expect(await send(app, '/acme', acme, { headers: { host: 'admin.example' } })).toEqual([403, 'wrong_resource'])
  })
})

describe('the answer to a request with a token in a header of its own', () => {
  const capability = { resource: 'files', designate: ['tenantId'] } as const
  const headers = { 'x-capability': acme }
  const cacheControl = async (url: string, sent: Record<string, string>) => {
    const response = await app.inject({ url, headers: sent })
    return [response.statusCode, response.headers['cache-control']]
  }

  it('an answer to a token in its own header carries Cache-Control: private unless the handler or a hook sets another', async () => {
    app = fastify()
    app.addHook('onRequest', async ({ url }, reply) => {
      if (url.endsWith('/hook')) reply.header('cache-control', 'no-store')
    })
    app.register(writ, { ...options, tokenFrom: { header: 'X-Capability' } })
    const answers: Record<string, unknown> = {
      plain: [200, 'private'],
      hook: [200, 'no-store'],
      own: [200, 'public, max-age=5'],
      fails: [500, 'private'],
      raw: [200, 'private'],
      'raw-own': [200, 'public'],
    }
    app.get<{ Params: { answer: string } }>(
      '/:tenantId/:answer',
      { config: { capability } },
      async (request, reply) => {
        const { answer } = request.params
        if (answer === 'fails') throw new Error('no')
        if (answer === 'own') reply.header('Cache-Control', 'public, max-age=5')
        if (!answer.startsWith('raw')) return 'ok'
        reply.hijack()
        reply.raw.writeHead(200, answer === 'raw' ? {} : { 'Cache-Control': 'public' }).end('ok')
        return reply
      },
    )
    for (const [answer, expected] of Object.entries(answers)) {
      expect(await cacheControl(`/acme/${answer}`, headers)).toEqual(expected)
    }
    expect(await cacheControl('/globex/own', headers)).toEqual([403, 'no-store'])
  })

  it('an answer after a decision about the body carries Cache-Control: private too, but not with Authorization', async () => {
    const inBody = { resource: 'files', designate: { tenantId: { body: 'tenant' } } } as const
    const token = await tokenFor({ tenantId: 'acme' }, 'write')
    for (const [tokenFrom, sent, expected] of [
      [{ header: 'x-capability' }, { 'x-capability': token }, 'private'],
      [{ header: 'authorization' }, authority.headersFor(token), undefined],
      [undefined, authority.headersFor(token), undefined],
    ] as const) {
      start({}, { tokenFrom }).post('/', { config: { capability: inBody } }, async () => 'ok')
      const response = await app.inject({ method: 'POST', url: '/', headers: { ...sent }, payload: { tenant: 'acme' } })
      expect([response.statusCode, response.headers['cache-control']]).toEqual([200, expected])
      await app.close()
    }
  })
})
