import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectH2 } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'
import { authority, options, send, tokenFor } from './support.ts'

const capability = { resource: 'files', designate: ['tenantId'] } as const
const route = { config: { capability } }
const [acme, writing] = [await tokenFor(), await tokenFor({ tenantId: 'acme' }, 'write')]

let app: FastifyInstance
let ran: string[]
beforeEach(() => {
  ran = []
})
afterEach(() => app.close())

function start(server: FastifyServerOptions = {}, more: Partial<WritOptions> = {}): FastifyInstance {
  app = fastify(server)
  app.register(writ, { ...options, ...more })
  return app
}
const handler = async ({ method }: { method: string }) => {
  ran.push(method)
  return method
}
const listen = async () => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address() as AddressInfo
}

describe('a route', () => {
  it('a route of several methods, of all, or of a method that the app has added is guarded for each method', async () => {
    start().addHttpMethod('MKCOL', { hasBody: true })
    app.route({ method: ['GET', 'PUT'], url: '/:tenantId/several', ...route, handler })
    app.all('/:tenantId/all', route, handler)
    app.route({ method: 'MKCOL', url: '/:tenantId/added', ...route, handler })
    await app.ready()
    for (const [url, methods] of [
      ['/acme/several', ['GET', 'PUT']],
      ['/acme/all', app.supportedMethods],
      ['/acme/added', ['MKCOL']],
    ] as const) {
      for (const method of methods as 'GET'[]) {
        // QUERY wants a body, and says what it is.
        const query = (method as string) === 'QUERY' ? { payload: {} } : {}
        expect((await send(app, url, undefined, { method, ...query }))[0], method).toBe(401)
        const reads = ['GET', 'HEAD', 'OPTIONS', 'QUERY'].includes(method)
        expect((await send(app, url, reads ? writing : acme, { method, ...query }))[0], method).toBe(403)
        expect(ran).toEqual([])
        expect((await send(app, url, reads ? acme : writing, { method, ...query }))[0], method).toBe(200)
        expect(ran.splice(0)).toEqual([method])
      }
    }
  })

  it('a route is guarded under every spelling that the router accepts for it', async () => {
    const routerOptions = { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true }
    start({ routerOptions }).get('/:tenantId/Files', route, handler)
    for (const url of ['/acme/Files', '/acme/files/', '//acme//FILES', '/acme/%46iles', '/acme/Files?x=/y']) {
      expect(await send(app, url)).toEqual([401, 'missing_token'])
      expect(await send(app, url, acme)).toEqual([200, 'GET'])
    }
  })

  it('a route at the prefix of its plugin is guarded with and without the slash', async () => {
    start().register(async (scope) => void scope.get('/', route, handler), { prefix: '/:tenantId' })
    for (const url of ['/acme', '/acme/']) {
      expect(await send(app, url)).toEqual([401, 'missing_token'])
      expect(await send(app, url, acme)).toEqual([200, 'GET'])
    }
  })

  it('an OPTIONS route of the app is guarded as a read', async () => {
    start().options('/:tenantId', route, handler)
    expect(await send(app, '/acme', undefined, { method: 'OPTIONS' })).toEqual([401, 'missing_token'])
    expect(await send(app, '/acme', acme, { method: 'OPTIONS' })).toEqual([200, 'OPTIONS'])
  })

  it('a route cannot be added once the app has started', async () => {
    start().get('/:tenantId', route, handler)
    await app.ready()
    expect(() => app.get('/late/x', handler)).toThrow('already listening')
    expect((await send(app, '/late/x'))[0]).toBe(404)
  })

  it('a route that a handler calls by inject is guarded by the token of that inner request', async () => {
    start().get('/:tenantId', route, handler)
    app.get('/batch', { config: { capability: 'public' } }, async () => (await app.inject('/acme')).statusCode)
    expect(await send(app, '/batch', acme)).toEqual([200, 401])
    expect(ran).toEqual([])
  })

  it('a route is guarded where another server passes its requests to app.routing', async () => {
    start().get('/:tenantId', route, handler)
    await app.ready()
    const server = createServer((request, response) => app.routing(request, response)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme`
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: authority.headersFor(acme) })).status).toBe(200)
    server.closeAllConnections()
    server.close()
  })

  it('a route is guarded on HTTP/2, and a refusal keeps its headers', async () => {
    const secure = fastify({ http2: true })
    app = secure as unknown as FastifyInstance
    app.register(writ, options)
    app.post('/:tenantId', route, handler)
    const session = connectH2(`http://127.0.0.1:${(await listen()).port}`)
    const ask = async (token?: string) => {
      const stream = session.request({ ':path': '/acme', ':method': 'POST', ...(token && authority.headersFor(token)) })
      const [headers] = (await once(stream.end(), 'response')) as [Record<string, string | number>]
      const body = Buffer.concat(await stream.toArray()).toString()
      return [headers[':status'], headers['www-authenticate'], body.match(/missing_token|POST/)?.[0]]
    }
    expect(await ask()).toEqual([401, 'Bearer realm="writ"', 'missing_token'])
    expect(await ask(writing)).toEqual([200, undefined, 'POST'])
    session.close()
  })
})

describe('what Fastify calls besides handlers', () => {
  it('body parsers run for a token that passes everything but the body, and validators for a token that passes', async () => {
    start()
    app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, text, done) => {
      ran.push('parser')
      done(null, { tenant: text })
    })
    app.setValidatorCompiler(() => () => ran.push('validator') > 0)
    const inBody = { resource: 'files', designate: { tenantId: { body: 'tenant' } } } as const
    app.post('/', { schema: { body: {} }, config: { capability: inBody } }, handler)
    const csv = { method: 'POST' as const, payload: 'acme', headers: { 'content-type': 'text/csv' } }
    expect(await send(app, '/', undefined, csv)).toEqual([401, 'missing_token'])
    expect(await send(app, '/', acme, csv)).toEqual([403, 'wrong_operation'])
    expect(ran).toEqual([])
    expect(await send(app, '/', await tokenFor({ tenantId: 'globex' }, 'write'), csv)).toEqual([
      403,
      'wrong_designation',
    ])
    expect(ran.splice(0)).toEqual(['parser'])
    expect(await send(app, '/', writing, csv)).toEqual([200, 'POST'])
    expect(ran).toEqual(['parser', 'validator', 'POST'])
  })

  it('serializers, trailers and the error handler do not run for a refusal that the guard answers', async () => {
    app = fastify()
    app.addHook('onRequest', async (_request, reply) => {
      reply.trailer('x-end', async () => String(ran.push('trailer')))
    })
    app.register(writ, options)
    app.setReplySerializer((payload) => `${ran.push('serializer')}${JSON.stringify(payload)}`)
    app.setErrorHandler(() => ran.push('error handler'))
    app.get('/:tenantId', route, async () => ({ ok: true }))
    const { statusCode, headers, body } = await app.inject('/acme')
    expect([statusCode, headers['trailer'], JSON.parse(body).code]).toEqual([401, undefined, 'missing_token'])
    expect(ran).toEqual([])
  })

  it('handlers of paths that no route has run for everybody, with their hooks', async () => {
    start().setNotFoundHandler(
      {
        preValidation: async () => void ran.push('preValidation'),
        preHandler: async () => void ran.push('preHandler'),
      },
      async () => 'nothing here',
    )
    app.get('/:tenantId', route, handler)
    expect(await send(app, '/acme/none')).toEqual([200, 'nothing here'])
    expect(ran).toEqual(['preValidation', 'preHandler'])
  })

  it('frameworkErrors answers a path that does not decode, and no route runs', async () => {
    const server: FastifyServerOptions = {
      frameworkErrors: (_error, _request, { raw }) => {
        ran.push('frameworkErrors')
        raw.writeHead(418).end()
      },
    }
    start(server).get('/:tenantId', route, handler)
    expect(await send(app, '/%zz', acme)).toEqual([418, ''])
    expect(ran).toEqual(['frameworkErrors'])
  })

  it('functions by which Fastify routes and names a request run before the guard', async () => {
    start({
      rewriteUrl: ({ url = '' }) => {
        ran.push('rewriteUrl')
        return url
      },
      genReqId: () => String(ran.push('genReqId')),
      routerOptions: {
        querystringParser: () => {
          ran.push('querystringParser')
          return {}
        },
      },
    })
    app.addConstraintStrategy({
      name: 'tier',
      storage: () => new Map() as never,
      deriveConstraint: () => {
        ran.push('deriveConstraint')
        return 'gold'
      },
    })
    app.get('/:tenantId', { ...route, constraints: { tier: 'gold' } }, handler)
    expect(await send(app, '/acme?x=1')).toEqual([401, 'missing_token'])
    expect(ran).toEqual(['rewriteUrl', 'deriveConstraint', 'querystringParser', 'genReqId'])
  })

  it('onTimeout and onRequestAbort run for a request while the guard is deciding', async () => {
    const decided = Promise.withResolvers<boolean>()
    const told = Promise.withResolvers<void>()
    start({ connectionTimeout: 200 }, { revocation: { isRevoked: () => decided.promise } })
    app.addHook('onTimeout', async () => void ran.push('onTimeout'))
    app.addHook('onRequestAbort', async (_request) => {
      ran.push('onRequestAbort')
      told.resolve()
    })
    app.get('/:tenantId', route, handler)
    const socket = connect((await listen()).port, '127.0.0.1')
    socket.write(`GET /acme HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${acme}\r\n\r\n`)
    socket.on('error', () => {})
    await Promise.race([told.promise, once(socket, 'close').then(() => told.promise)])
    decided.resolve(true)
    expect(ran).toEqual(['onTimeout', 'onRequestAbort'])
  })

  it('the diagnostics channel of handlers reports handlers that run, and no refusal', async () => {
    const channel = 'tracing:fastify.request.handler:start'
    const listener = () => ran.push('start')
    subscribe(channel, listener)
    start().get('/:tenantId', route, handler)
    expect(await send(app, '/acme')).toEqual([401, 'missing_token'])
    expect(ran).toEqual([])
    expect(await send(app, '/acme', acme)).toEqual([200, 'GET'])
    unsubscribe(channel, listener)
    expect(ran).toEqual(['start', 'GET'])
  })
})

describe('what the guard does not see', () => {
  it('a request listener of the app on fastify.server answers everybody', async () => {
    start().get('/:tenantId', route, handler)
    app.server.prependListener('request', (_request, response) => {
      if (!response.headersSent) response.end('from the listener')
    })
    const response = await fetch(`http://127.0.0.1:${(await listen()).port}/acme`)
    expect([response.status, await response.text()]).toEqual([200, 'from the listener'])
    expect(ran).toEqual([])
  })

  it('a server of serverFactory answers without the guard what it does not pass to Fastify', async () => {
    start({
      serverFactory: (handle) =>
        createServer((request, response) => {
          if (request.url === '/mine') response.end('from the factory')
          else handle(request, response)
        }),
    }).get('/:tenantId', route, handler)
    const origin = `http://127.0.0.1:${(await listen()).port}`
    expect(await (await fetch(`${origin}/mine`)).text()).toBe('from the factory')
    expect((await fetch(`${origin}/acme`)).status).toBe(401)
  })

  it('a clientErrorHandler answers without the guard what is not an HTTP request', async () => {
    start({
      clientErrorHandler: (_error, socket) => {
        ran.push('clientErrorHandler')
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      },
    }).get('/:tenantId', route, handler)
    const socket = connect((await listen()).port, '127.0.0.1').end('nonsense\r\n\r\n')
    expect(Buffer.concat(await socket.toArray()).toString()).toBe('HTTP/1.1 400 Bad Request\r\n\r\n')
    expect(ran).toEqual(['clientErrorHandler'])
  })
})
