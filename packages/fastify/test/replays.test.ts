import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import cookie from '@fastify/cookie'
import etag from '@fastify/etag'
import proxy from '@fastify/http-proxy'
import middie from '@fastify/middie'
import multipart from '@fastify/multipart'
import session, { type FastifySessionOptions } from '@fastify/session'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'
import { authority, options, send, tokenFor } from './support.ts'

const capability = { resource: 'files', designate: ['tenantId'] } as const
const [acme, writing] = [await tokenFor(), await tokenFor({ tenantId: 'acme' }, 'write')]

let app: FastifyInstance
afterEach(() => app.close())

/** An app on which `register` is called before or after the guard is registered. */
async function build(order: 'before' | 'after', register: () => Promise<unknown>, more: Partial<WritOptions> = {}) {
  app = fastify()
  if (order === 'before') await register()
  await app.register(writ, { ...options, ...more })
  if (order === 'after') await register()
}

describe.each(['before', 'after'] as const)('registered %s the guard', (order) => {
  it('@fastify/etag does not turn a refusal into a 304', async () => {
    await build(order, async () => app.register(etag))
    app.get('/:tenantId', { config: { capability } }, async () => 'secret')
    const refused = await app.inject('/acme')
    expect([refused.statusCode, refused.headers['etag']]).toEqual([401, undefined])
    const ok = await app.inject({ url: '/acme', headers: authority.headersFor(acme) })
    for (const etagOf of [ok.headers['etag'] as string, '*']) {
      expect(await send(app, '/acme', undefined, { headers: { 'if-none-match': etagOf } })).toEqual([
        401,
        'missing_token',
      ])
    }
    const again = { 'if-none-match': ok.headers['etag'] as string }
    expect(await send(app, '/acme', acme, { headers: again })).toEqual([304, ''])
  })

  it('@fastify/session with a slow store neither saves nor delays anything for a refusal', async () => {
    const failures: unknown[] = []
    const note = (failure: unknown) => failures.push(failure)
    process.on('unhandledRejection', note).on('uncaughtException', note)
    const saved = new Map<string, unknown>()
    const store: FastifySessionOptions['store'] = {
      get: (id, done) => void setTimeout(2).then(() => done(null, saved.get(id) as never)),
      set: (id, value, done) => void setTimeout(2).then(() => done(void saved.set(id, value) as undefined)),
      destroy: (id, done) => void setTimeout(2).then(() => done(void saved.delete(id) as undefined)),
    }
    let ran = 0
    await build(order, async () => {
      await app.register(cookie)
      await app.register(session, { secret: 'a'.repeat(32), store, cookie: { secure: false }, saveUninitialized: true })
    })
    app.get('/:tenantId', { config: { capability } }, async (request) => {
      ran += 1
      return { id: request.session.sessionId.length > 0 }
    })
    const refusals = await Promise.all(Array.from({ length: 20 }, () => send(app, '/acme')))
    expect(new Set(refusals.map(String))).toEqual(new Set(['401,missing_token']))
    await setTimeout(10)
    await setImmediate()
    expect([ran, saved.size, failures]).toEqual([0, 0, []])
    expect(await send(app, '/acme', acme)).toEqual([200, { id: true }])
    expect([ran, saved.size, failures]).toEqual([1, 1, []])
    process.off('unhandledRejection', note).off('uncaughtException', note)
  })

  it('requests that @fastify/http-proxy forwards are guarded by the config that it is given', async () => {
    const upstream: Server = createServer((request, response) => response.end(`upstream ${request.url}`))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    await build(order, async () =>
      app.register(proxy, { upstream: url, prefix: '/api/:tenantId', rewritePrefix: '/', config: { capability } }),
    )
    expect(await send(app, '/api/acme/x')).toEqual([401, 'missing_token'])
    expect(await send(app, '/api/globex/x', acme)).toEqual([403, 'wrong_designation'])
    expect(await send(app, '/api/acme/x', acme)).toEqual([200, 'upstream /x'])
    expect(await send(app, '/api/acme/x', acme, { method: 'DELETE' })).toEqual([403, 'wrong_operation'])
    await new Promise((resolve) => upstream.close(resolve))
  })

  it('a proxy or wildcard without a config is named at start-up', async () => {
    await build(order, async () => app.register(proxy, { upstream: 'http://127.0.0.1:1', prefix: '/api' }))
    await expect(app.ready()).rejects.toThrow('/api/* is not guarded')
  })

  it('middleware of @fastify/middie that answers runs for everybody before the guard, and after it only for requests that pass', async () => {
    await build(order, async () => {
      await app.register(middie)
      app.use(
        '/acme',
        (_request: IncomingMessage, response: ServerResponse) => void response.end('from the middleware'),
      )
    })
    app.get('/:tenantId', { config: { capability } }, async () => 'ok')
    const answer = [200, 'from the middleware']
    expect(await send(app, '/acme')).toEqual(order === 'before' ? answer : [401, 'missing_token'])
    expect(await send(app, '/acme', acme)).toEqual(answer)
  })
})

it('with refuse: error, @fastify/etag may turn the answer of your error handler into a 304', async () => {
  await build('before', async () => app.register(etag), { refuse: 'error' })
  app.get('/:tenantId', { config: { capability } }, async () => 'secret')
  const { headers, statusCode } = await app.inject('/acme')
  expect(statusCode).toBe(401)
  const known = { 'if-none-match': headers['etag'] as string }
  expect(await send(app, '/acme', undefined, { headers: known })).toEqual([304, ''])
})

it('a field that @fastify/multipart puts into the body designates where the plugin comes before the guard', async () => {
  const form = () => {
    const body = new FormData()
    body.set('tenant', 'acme')
    return new Request('http://localhost', { method: 'POST', body })
  }
  const inBody = { resource: 'files', designate: { tenantId: { body: 'tenant' } } } as const
  for (const order of ['before', 'after'] as const) {
    await build(order, async () => app.register(multipart, { attachFieldsToBody: 'keyValues' }))
    app.post('/', { config: { capability: inBody } }, async (request) => request.body)
    const request = form()
    const payload = Buffer.from(await request.arrayBuffer())
    const posted = {
      method: 'POST' as const,
      payload,
      headers: { 'content-type': request.headers.get('content-type')! },
    }
    const expected = order === 'before' ? [200, { tenant: 'acme' }] : [400, 'source_empty']
    expect(await send(app, '/', writing, posted)).toEqual(expected)
    const globex = await tokenFor({ tenantId: 'globex' }, 'write')
    expect((await send(app, '/', globex, posted))[0]).toBe(order === 'before' ? 403 : 400)
    await app.close()
  }
})
