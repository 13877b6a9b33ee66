import { createUseLedger } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { type Context, Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { hc } from 'hono/client'
import { handleMiddleware } from 'hono/cloudflare-pages'
import { showRoutes } from 'hono/dev'
import { createFactory } from 'hono/factory'
import { methodOverride } from 'hono/method-override'
import { proxy } from 'hono/proxy'
import { toSSG } from 'hono/ssg'
import { stream, streamSSE, streamText } from 'hono/streaming'
import { describe, expect, it, vi } from 'vitest'
import { capability, type GuardHandler, type WritOptions, writ } from '../src/index.ts'

const authority = await createTestAuthority()
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const guard = writ(options)
const files = guard({ resource: 'files', designate: ['tenantId'] })
const headersOf = async (operation: string) =>
  authority.headersFor(await authority.mint({ resource: 'files', operation, designations: { tenantId: 'acme' } }))
const [reader, writer] = [await headersOf('read'), await headersOf('write')]

const runs: string[] = []
const ran = (c: Context) => c.text(`${runs.push(`${c.req.method} ${c.req.path}`)}`)

/** The status of each request, and what ran of the user's code. */
async function outcome(app: Pick<Hono, 'request'>, path: string, headers: Record<string, string>, method = 'GET') {
  runs.length = 0
  const response = await app.request(path, { method, headers })
  const text = await response.text()
  return { status: response.status, runs: [...runs], text }
}

const REFUSED = { status: 403, runs: [] }
const NO_TOKEN = { status: 401, runs: [] }

describe('a route', () => {
  it.each([
    ['get', 'GET', reader],
    ['options', 'OPTIONS', reader],
    ['query', 'QUERY', reader],
    ['post', 'POST', writer],
    ['put', 'PUT', writer],
    ['patch', 'PATCH', writer],
    ['delete', 'DELETE', writer],
  ] as const)(
    'a route of app.%s is reached by %s only with a capability for that operation and object',
    async (name, method, right) => {
      const app = new Hono()[name]('/:tenantId', files, ran)
      const wrong = right === reader ? writer : reader
      expect(await outcome(app, '/acme', {}, method)).toMatchObject(NO_TOKEN)
      expect(await outcome(app, '/acme', wrong, method)).toMatchObject(REFUSED)
      expect(await outcome(app, '/globex', right, method)).toMatchObject(REFUSED)
      expect(await outcome(app, '/acme', right, method)).toMatchObject({ status: 200, runs: [`${method} /acme`] })
    },
  )

  it('a route of app.on is guarded for each of its methods and paths', async () => {
    const app = new Hono().on(['PURGE', 'get', 'REPORT'], ['/a/:tenantId', '/b/:tenantId'], files, ran)
    for (const path of ['/a', '/b']) {
      for (const method of ['PURGE', 'REPORT']) {
        expect(await outcome(app, `${path}/acme`, reader, method)).toMatchObject(REFUSED)
        expect(await outcome(app, `${path}/acme`, writer, method)).toMatchObject({ status: 200 })
      }
      expect(await outcome(app, `${path}/globex`, reader)).toMatchObject(REFUSED)
    }
  })

  it('a route of app.all is guarded for unknown methods too', async () => {
    const app = new Hono().all('/:tenantId', files, ran)
    for (const method of ['GET', 'HEAD']) expect(await outcome(app, '/acme', writer, method)).toMatchObject(REFUSED)
    for (const method of ['ALL', 'get2', 'report', 'POST']) {
      expect(await outcome(app, '/acme', reader, method)).toMatchObject(REFUSED)
      expect(await outcome(app, '/acme', writer, method)).toMatchObject({ status: 200 })
    }
  })

  it('a route of GET answers HEAD, and the guard takes HEAD as a read', async () => {
    const app = new Hono().get('/:tenantId', files, ran)
    expect(await outcome(app, '/acme', {}, 'HEAD')).toMatchObject({ ...NO_TOKEN, text: '' })
    expect(await outcome(app, '/acme', writer, 'HEAD')).toMatchObject({ ...REFUSED, text: '' })
    expect(await outcome(app, '/acme', reader, 'HEAD')).toMatchObject({ status: 200, runs: ['HEAD /acme'], text: '' })
  })

  it('a route in a sub-app with its own base path and error handling is guarded by the app and by the sub-app', async () => {
    const sub = new Hono()
      .basePath('/v1')
      .get('/logo', ran)
      .onError((_error, c) => c.text('', 500))
    const app = new Hono().use('/t/:tenantId/*', files).route('/t/:tenantId', sub)
    const own = new Hono()
      .use(files)
      .get('/logo', ran)
      .onError((_error, c) => c.text('', 500))
    app.route('/u/:tenantId', own)
    for (const path of ['/t/globex/v1/logo', '/u/globex/logo'])
      expect(await outcome(app, path, reader)).toMatchObject(REFUSED)
    expect(await outcome(app, '/t/acme/v1/logo', reader)).toMatchObject({ status: 200 })
    expect(await outcome(app, '/u/acme/logo', reader)).toMatchObject({ status: 200 })
  })

  it('a route of handlers that createHandlers has made is guarded in their order', async () => {
    const app = new Hono().get('/:tenantId', ...createFactory().createHandlers(files, ran))
    expect(await outcome(app, '/globex', reader)).toMatchObject(REFUSED)
    expect(await outcome(app, '/acme', reader)).toMatchObject({ status: 200 })
  })

  it.each([
    ['stream', (c: Context) => stream(c, async (out) => void (await out.write(`${runs.push('stream')}`)))],
    ['streamText', (c: Context) => streamText(c, async (out) => void (await out.write(`${runs.push('stream')}`)))],
    ['streamSSE', (c: Context) => streamSSE(c, (out) => out.writeSSE({ data: `${runs.push('stream')}` }))],
    ['proxy', (c: Context) => proxy(c.req.url, { customFetch: async () => new Response(`${runs.push('stream')}`) })],
  ])('a route that answers by %s starts nothing for a request that is refused', async (_name, handler) => {
    const app = new Hono().get('/:tenantId', files, handler)
    expect(await outcome(app, '/globex', reader)).toMatchObject(REFUSED)
    expect(await outcome(app, '/acme', reader)).toMatchObject({ status: 200, text: expect.stringContaining('1') })
  })

  it('waitUntil work is begun only by the handler of a guarded route', async () => {
    const waitUntil = vi.fn()
    const app = new Hono().get('/:tenantId', files, (c) => {
      c.executionCtx.waitUntil(Promise.resolve())
      return c.text('ok')
    })
    const context = { waitUntil, passThroughOnException: () => {}, props: {} }
    const ask = (path: string) => app.request(path, { headers: reader }, {}, context)
    expect([(await ask('/globex')).status, waitUntil.mock.calls.length]).toEqual([403, 0])
    expect([(await ask('/acme')).status, waitUntil.mock.calls.length]).toEqual([200, 1])
  })
})

describe('what no route matches', () => {
  it('a path without a route is answered by app.notFound, behind a guard in use() if there is one', async () => {
    const app = new Hono().use('/t/:tenantId/*', files).notFound(ran)
    expect(await outcome(app, '/t/acme/none', {})).toMatchObject(NO_TOKEN)
    expect(await outcome(app, '/t/globex/none', reader)).toMatchObject(REFUSED)
    expect(await outcome(app, '/t/acme/none', reader)).toMatchObject({ runs: ['GET /t/acme/none'] })
    expect(await outcome(app, '/elsewhere', {})).toMatchObject({ runs: ['GET /elsewhere'] })
  })

  it('another method of a guarded path is answered as a path without a route', async () => {
    const app = new Hono().get('/:tenantId', files, ran).notFound((c) => c.text(`${runs.push('404')}`, 404))
    expect(await outcome(app, '/acme', {}, 'POST')).toMatchObject({ status: 404, runs: ['404'] })
    expect(await outcome(app, '/acme', {}, 'OPTIONS')).toMatchObject({ status: 404, runs: ['404'] })
  })
})

describe('app.onError', () => {
  it('app.onError runs for what a handler throws, and for a refusal only with refuse: error', async () => {
    const errors: string[] = []
    for (const refuse of ['answer', 'error'] as const) {
      const app = new Hono().get(
        '/:tenantId',
        writ({ ...options, refuse })({ resource: 'files', designate: ['tenantId'] }),
        () => {
          throw new Error('broken')
        },
      )
      app.onError(async (error, c) => {
        await new Promise(setImmediate)
        errors.push(`${error.message}: ${c.req.path}`)
        return c.text('', 500)
      })
      await app.request('/globex', { headers: reader })
      await app.request('/acme', { headers: reader })
    }
    expect(errors).toEqual(['broken: /acme', 'The capability token is for another object: /globex', 'broken: /acme'])
  })
})

describe('another app', () => {
  it('a mounted app runs behind the guards before it, and behind its own', async () => {
    const inner = new Hono().get('/open', ran).get('/x/:tenantId', files, ran)
    const app = new Hono().mount('/other', inner.fetch)
    const guarded = new Hono()
      .use('/t/:tenantId/*', files)
      .mount('/t/acme', inner.fetch)
      .mount('/t/globex', inner.fetch)
    expect(await outcome(app, '/other/open', {})).toMatchObject({ status: 200, runs: ['GET /open'] })
    expect(await outcome(app, '/other/x/globex', reader)).toMatchObject(REFUSED)
    expect(await outcome(guarded, '/t/globex/open', reader)).toMatchObject(REFUSED)
    expect(await outcome(guarded, '/t/acme/open', reader)).toMatchObject({ status: 200, runs: ['GET /open'] })
  })

  it('an app that is called by app.request or a typed client is guarded as for calls from outside', async () => {
    const app = new Hono().get('/:tenantId', files, (c) => c.json({ by: capability(c).subject }))
    const client = (headers: Record<string, string>) =>
      hc<typeof app>('http://localhost', {
        headers,
        fetch: (...args: Parameters<typeof app.request>) => app.request(...args),
      })
    const ask = async (tenantId: string, headers: Record<string, string> = reader) => {
      const response = await client(headers)[':tenantId'].$get({ param: { tenantId } })
      return [response.status, await response.json()]
    }
    expect(await ask('acme')).toEqual([200, { by: 'alice' }])
    expect(await ask('acme', {})).toMatchObject([401, { code: 'missing_token' }])
    expect(await ask('globex')).toMatchObject([403, { code: 'wrong_designation' }])
  })

  it('a request of a static site generator has no token, and writes no file of a guarded route', async () => {
    const app = new Hono().get('/open', guard.public(), ran).get('/secret', guard({ resource: 'files' }), ran)
    const writeFile = vi.fn(async (_path: string) => {})
    runs.length = 0
    await toSSG(app, { writeFile, mkdir: async () => undefined })
    expect(writeFile.mock.calls.map(([path]) => path)).toEqual(['static/open.txt'])
    expect(new Set(runs)).toEqual(new Set(['GET /open']))
  })
})

describe('an adapter', () => {
  it('the adapter of AWS Lambda passes events to the guards as requests', async () => {
    const invoke = handle(new Hono().get('/:tenantId', files, ran))
    const send = async (rawPath: string, headers: Record<string, string>) => {
      const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' }
      const requestContext = { http, domainName: 'localhost' }
      return invoke({
        version: '2.0',
        rawPath,
        rawQueryString: '',
        headers,
        requestContext,
        isBase64Encoded: false,
      } as never)
    }
    expect(await send('/acme', reader)).toMatchObject({ statusCode: 200 })
    expect(await send('/globex', reader)).toMatchObject({ statusCode: 403 })
    expect(await send('/acme', {})).toMatchObject({ statusCode: 401 })
  })

  it('the adapter of Cloudflare Pages runs a guard as middleware, without params, before the function', async () => {
    const next = vi.fn(async () => new Response('ok'))
    const send = async (middleware: GuardHandler, headers: Record<string, string>) => {
      const request = new Request('http://localhost/acme', { headers })
      return (await handleMiddleware(middleware as never)({ request, env: {}, next } as never)).status
    }
    const byPath = guard({ resource: 'files', designate: { tenantId: ({ path }) => path.slice(1) } })
    expect([await send(byPath, {}), await send(byPath, writer), await send(files, reader)]).toEqual([401, 403, 500])
    expect(next).not.toHaveBeenCalled()
    expect(await send(byPath, reader)).toBe(200)
  })
})

describe('a use of a single-use capability', () => {
  it('a single-use capability is spent by one dispatch: a request that is dispatched again behind the guard is refused', async () => {
    const singleUse = createUseLedger({ now: authority.now })
    const once = async () =>
      authority.headersFor(await authority.mint({ resource: 'files', operation: 'write', singleUse }))
    const build = (order: 'before' | 'after') => {
      const app = new Hono()
      const rewriting = methodOverride({ app, header: 'x-method' })
      const guarding = writ({ ...options, singleUse })({ resource: 'files' })
      const handlers = order === 'before' ? [rewriting, guarding] : [guarding, rewriting]
      return app.use(...(handlers as [typeof guarding])).on(['POST', 'DELETE'], '/', ran)
    }
    const headers = { ...(await once()), 'x-method': 'DELETE' }
    expect(await outcome(build('before'), '/', headers, 'POST')).toMatchObject({ status: 200, runs: ['DELETE /'] })
    expect(await outcome(build('before'), '/', headers, 'POST')).toMatchObject(REFUSED)
    const again = { ...(await once()), 'x-method': 'DELETE' }
    expect(await outcome(build('after'), '/', again, 'POST')).toMatchObject({
      ...REFUSED,
      text: expect.stringContaining('already_used'),
    })
  })
})

describe('no guard', () => {
  it('no guard runs where a function calls a handler directly, or where routes are only listed', async () => {
    const secret = vi.fn(ran)
    const app = new Hono()
      .get('/secret', guard({ resource: 'files' }), secret)
      .get('/open', guard.public(), (c) => secret(c))
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    showRoutes(app)
    log.mockRestore()
    expect(secret).not.toHaveBeenCalled()
    expect(await outcome(app, '/secret', {})).toMatchObject(NO_TOKEN)
    expect(await outcome(app, '/open', {})).toMatchObject({ status: 200, runs: ['GET /open'] })
  })
})
