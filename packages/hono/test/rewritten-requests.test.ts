import { createTestAuthority } from '@writ/testing'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { methodOverride } from 'hono/method-override'
import { describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'

const authority = await createTestAuthority()
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const guard = writ(options)
const files = { resource: 'files', designate: ['tenantId'] }
const headersOf = async (operation: string) =>
  authority.headersFor(await authority.mint({ resource: 'files', operation, designations: { tenantId: 'acme' } }))
const [reader, writer] = [await headersOf('read'), await headersOf('write')]

/** Takes the method from a header, in place, as a middleware of one's own might. */
const override: MiddlewareHandler = async (c, next) => {
  const method = c.req.header('x-method')
  if (method) c.req.raw = new Request(c.req.url, { method, headers: c.req.raw.headers })
  await next()
}

describe('a request whose method middleware has changed before the guard', () => {
  const build = () => {
    const runs: string[] = []
    const errors: string[] = []
    const ran = (c: Context) => c.text(String(runs.push(c.req.method)))
    const app = new Hono().use(override).delete('/:tenantId', guard(files), ran)
    app.get('/:tenantId', guard(files), ran).all('/any/:tenantId', guard(files), ran)
    app.delete('/open/:tenantId', guard.public(), ran)
    app.onError((error, c) => [errors.push(error.message), c.text('', 500)][1] as Response)
    return { app, runs, errors }
  }

  it.each([
    ['DELETE', 'GET', reader],
    ['DELETE', 'PATCH', writer],
    ['GET', 'DELETE', writer],
    ['HEAD', 'POST', writer],
  ])(
    'a request whose method middleware changed before the guard reaches no handler: %s made %s',
    async (method, changed, headers) => {
      const { app, runs, errors } = build()
      const response = await app.request('/acme', { method, headers: { ...headers, 'x-method': changed } })
      const route = method === 'HEAD' ? 'GET' : method
      expect([response.status, runs]).toEqual([500, []])
      expect(errors).toEqual([`${route} /:tenantId: middleware has changed the method of the request before a guard`])
    },
  )

  it('on a route for all methods, the guard decides about the method that middleware has set before it', async () => {
    const { app, runs } = build()
    const send = async (headers: Record<string, string>) =>
      (await app.request('/any/acme', { headers: { ...headers, 'x-method': 'DELETE' } })).status
    expect([await send(reader), await send(writer), runs]).toEqual([403, 200, ['DELETE']])
  })

  it('a request whose method middleware has set passes where it is public or the method is unchanged', async () => {
    const { app } = build()
    const open = await app.request('/open/acme', { method: 'DELETE', headers: { 'x-method': 'GET' } })
    const same = await app.request('/acme', { method: 'DELETE', headers: { ...writer, 'x-method': 'DELETE' } })
    const head = await app.request('/acme', { method: 'HEAD', headers: { ...reader, 'x-method': 'GET' } })
    expect([open.status, same.status, head.status]).toEqual([200, 200, 200])
  })
})

describe('methodOverride() of Hono, which dispatches the request once more', () => {
  const build = (order: 'before' | 'after', used: WritOptions = options) => {
    const runs: string[] = []
    const app = new Hono()
    const rewriting = methodOverride({ app, header: 'x-method' })
    const guarding = writ(used)({ resource: 'files', designate: { tenantId: ({ path }) => path.slice(1) } })
    if (order === 'before') app.use(rewriting, guarding)
    else app.use(guarding, rewriting)
    app.on(['POST', 'DELETE', 'GET'], '/:tenantId', (c) => c.text(String(runs.push(c.req.method))))
    const send = async (headers: Record<string, string>, method: string) =>
      (await app.request('/acme', { method: 'POST', headers: { ...headers, 'x-method': method } })).status
    return { runs, send }
  }

  it('methodOverride() before the guard makes it decide about the method that the route gets', async () => {
    const { runs, send } = build('before')
    expect([await send(writer, 'DELETE'), await send(reader, 'DELETE'), runs]).toEqual([200, 403, ['DELETE']])
    expect([await send(reader, 'GET'), await send(writer, 'GET'), runs]).toEqual([200, 403, ['DELETE', 'GET']])
  })

  it('methodOverride() after the guard makes it decide about both methods', async () => {
    const { runs, send } = build('after')
    expect([await send(writer, 'DELETE'), await send(reader, 'DELETE'), runs]).toEqual([200, 403, ['DELETE']])
    expect([await send(reader, 'GET'), await send(writer, 'GET'), runs]).toEqual([403, 403, ['DELETE']])
  })
})

describe('a path that getPath makes of the URL', () => {
  it('a path of getPath gives a guard the params of the route, and none if the path does not decode', async () => {
    const app = new Hono({ getPath: ({ url }) => `/files${decodeURIComponent(new URL(url).pathname)}` })
    app.get('/files/:tenantId', guard(files), (c) => c.text(c.req.param('tenantId')))
    const send = async (path: string, tenantId: string) => {
      const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId } })
      const response = await app.request(path, { headers: authority.headersFor(token) })
      return response.status === 200 ? response.text() : ((await response.json()) as { code: string }).code
    }
    expect(await send('/acme', 'acme')).toBe('acme')
    expect(await send('/globex', 'acme')).toBe('wrong_designation')
    expect(await send('/%25zz', '%zz')).toBe('source_empty')
  })
})

describe('middleware that has answered before the guard', () => {
  it('a refusal keeps no header that an earlier answer set about its own body', async () => {
    const app = new Hono().use(async (c, next) => {
      c.res = new Response('12345', {
        headers: {
          'Content-Length': '5',
          'Content-Encoding': 'identity',
          ETag: '"a"',
          'Last-Modified': '0',
          'X-Id': '7',
        },
      })
      await next()
    })
    app.get('/:tenantId', guard(files), (c) => c.text('ok'))
    const { status, headers } = await app.request('/globex', { headers: reader })
    expect([status, headers.get('x-id')]).toEqual([403, '7'])
    for (const name of ['content-length', 'content-encoding', 'etag', 'last-modified'])
      expect(headers.get(name)).toBe(null)
  })
})
