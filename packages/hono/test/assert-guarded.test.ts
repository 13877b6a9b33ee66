import { generateKeyPair } from '@writ/core'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { every, except, some } from 'hono/combine'
import { mount } from 'hono/mount'
import { describe, expect, it } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey })
const invoices = () => guard({ resource: 'invoices' })
const read = (c: Context) => c.text('ok')
const parse: MiddlewareHandler = async (_c, next) => next()

/** The lines of what `assertGuarded` throws, or none. */
function problems(app: Parameters<typeof assertGuarded>[0]): string[] {
  try {
    assertGuarded(app)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    const [first, ...lines] = (error as Error).message.split('\n')
    expect(first).toBe('app: not every route is guarded')
    return lines.map((line) => line.trim())
  }
}

describe('assertGuarded', () => {
  it('accepts an app without routes, and one whose routes are guarded or declared public', () => {
    expect(problems(new Hono())).toEqual([])
    const app = new Hono()
      .use(parse)
      .get('/invoices', invoices(), read)
      .post('/invoices', parse, invoices(), parse, read)
      .get('/healthz', guard.public(), read)
      .delete('/orders', guard([{ resource: 'orders' }, { resource: 'admin' }]), read)
      .on(['PUT', 'PATCH'], '/orders', invoices(), read)
    expect(problems(app)).toEqual([])
  })

  it('names every handler that nothing guards in one error', () => {
    const app = new Hono()
    app.get('/open', read)
    app.get('/invoices', invoices(), read)
    app.post('/open/:id', parse, (c) => c.text('ok'))
    app.all('/any', read)
    app.get('/', read)
    app.on(['PUT', 'PURGE'], '/cache', read)
    expect(problems(app)).toEqual([
      'GET /open (read) is not guarded',
      'POST /open/:id (anonymous) is not guarded',
      'ALL /any (read) is not guarded',
      'GET / (read) is not guarded',
      'PUT /cache (read) is not guarded',
      'PURGE /cache (read) is not guarded',
    ])
  })

  it('demands the guard before whatever may answer', () => {
    const app = new Hono()
    app.get('/a', read, invoices())
    app.get('/b', read, invoices(), read)
    app.get('/c', parse, invoices())
    app.get('/d', invoices())
    app.get('/e', async (c, _next) => c.text('ok'))
    app.get('/f', read)
    app.use('/f', invoices())
    expect(problems(app)).toEqual([
      'GET /a (read) is not guarded',
      'GET /b (read) is not guarded',
      'GET /c (parse) is not guarded',
      'GET /e (anonymous) is not guarded',
      'GET /f (read) is not guarded',
    ])
  })

  it('takes what stands in use() for middleware if it takes next and something follows below its path', () => {
    const app = new Hono()
    app.use(parse)
    app.use('/a/*', parse)
    app.get('/a/b', invoices(), read)
    app.use('/b', parse)
    app.get('/b', invoices(), read)
    app.use('/files/*', async function serveFiles(c, _next) {
      return c.text('a file')
    })
    app.all('/proxy', async (c, _next) => c.text('ok'))
    app.use('/late', read as never)
    expect(problems(app)).toEqual([
      'ALL /files/* (serveFiles) is not guarded',
      'ALL /proxy (anonymous) is not guarded',
      'ALL /late (read) is not guarded',
    ])
  })

  it('knows a guard only by itself, not within another function', () => {
    const inner = invoices()
    const app = new Hono().get('/wrapped', (c, next) => inner(c, next), read)
    expect(problems(app)).toEqual(['GET /wrapped (read) is not guarded'])
  })

  it.each([
    ['except', except('/public', invoices())],
    ['some', some(parse, invoices())],
    ['every', every(invoices(), parse)],
  ])('does not count a guard within %s, since something else decides whether it runs', (_name, combined) => {
    expect(problems(new Hono().use(combined).get('/x', read))).toEqual(['GET /x (read) is not guarded'])
    expect(problems(new Hono().use(combined).get('/x', guard.public(), read))).toEqual([])
  })

  it('lets a guard in use() count for what comes after it', () => {
    const app = new Hono()
    app.get('/before', read)
    app.use(invoices())
    app.get('/after', read)
    app.all('/all/*', read)
    app.route('/sub', new Hono().get('/:id', read))
    expect(problems(app)).toEqual(['GET /before (read) is not guarded'])
  })

  it('lets a guard count only for paths that it must match', () => {
    const app = new Hono()
    app.use('/api/*', invoices())
    for (const path of ['/api', '/api/', '/api/orders/:id', '/api/:id{[0-9]+}/x', '/api/*', '/api/:any{.+}', '/api/x?'])
      app.get(path, read)
    expect(problems(app)).toEqual([])
    for (const path of ['/apis', '/:any', '/*', '/:any/*', '/:any{.+}', '/api*', '/:a?']) app.get(path, read)
    expect(problems(app)).toEqual([
      'GET /apis (read) is not guarded',
      'GET /:any (read) is not guarded',
      'GET /* (read) is not guarded',
      'GET /:any/* (read) is not guarded',
      'GET /:any{.+} (read) is not guarded',
      'GET /api* (read) is not guarded',
      'GET /:a? (read) is not guarded',
    ])
  })

  it('lets a guard on a pattern with params count only for what must match it', () => {
    const app = new Hono()
    app.use('/:tenantId/api/:id', invoices())
    for (const path of ['/:tenant/api/:id', '/acme/api/7', '/:t{[a-z]+}/api/:id{\\d+}']) app.get(path, read)
    for (const path of ['/:tenant/api', '/:tenant/api/:id?', '/:t/api/*', '/*/api/x', '/:t/api/:id{.*}', '/x/y/z'])
      app.get(path, read)
    expect(problems(app)).toEqual([
      'GET /:tenant/api (read) is not guarded',
      'GET /:tenant/api/:id? (read) is not guarded',
      'GET /:t/api/* (read) is not guarded',
      'GET /*/api/x (read) is not guarded',
      'GET /:t/api/:id{.*} (read) is not guarded',
      'GET /x/y/z (read) is not guarded',
    ])
  })

  it('lets a guard on an expression count only for the same expression', () => {
    const app = new Hono()
    app.use('/:id{[0-9]+}/*', invoices())
    app.use('/files/:path{.+}', invoices())
    app.get('/:number{[0-9]+}/x', read)
    app.get('/files/:path{.+}', read)
    expect(problems(app)).toEqual([])
    app.get('/:id/x', read)
    app.get('/7/x', read)
    app.get('/:id{[0-9a-z]+}/x', read)
    // A line break is a part of a path, and no part of what `.` matches.
    app.get('/files/:a', read)
    expect(problems(app)).toEqual([
      'GET /:id/x (read) is not guarded',
      'GET /7/x (read) is not guarded',
      'GET /:id{[0-9a-z]+}/x (read) is not guarded',
      'GET /files/:a (read) is not guarded',
    ])
  })

  it('does not let several guards share out what a pattern matches', () => {
    const app = new Hono()
    app.use('/a', invoices()).use('/a/:b', invoices()).use('/a/:b/:c', invoices())
    app.get('/a/*', read)
    expect(problems(app)).toEqual(['GET /a/* (read) is not guarded'])
  })

  it('lets a guard of one method count for that method alone', () => {
    const app = new Hono()
    app.get('/x', invoices(), read)
    app.post('/x', read)
    app.all('/y', invoices())
    app.post('/y', read)
    app.get('/z', invoices())
    app.all('/z', read)
    expect(problems(app)).toEqual(['POST /x (read) is not guarded', 'ALL /z (read) is not guarded'])
  })

  it('lets guard.public() count for handlers of its own path alone', () => {
    const app = new Hono()
    app.use(guard.public())
    app.use('/docs/*', guard.public())
    app.get('/docs/*', read)
    app.get('/docs/secret', read)
    app.get('/open', guard.public(), read)
    app.post('/open', read)
    expect(problems(app)).toEqual(['GET /docs/secret (read) is not guarded', 'POST /open (read) is not guarded'])
  })

  it('walks sub-apps with their whole paths, through what Hono wraps around them', () => {
    const sub = new Hono().onError((_error, c) => c.text('', 500))
    sub.get('/open', read)
    sub.use(invoices())
    sub.get('/x/:id', read)
    const app = new Hono().basePath('/v1').route('/:tenantId', new Hono().route('/sub', sub))
    app.get('/:tenantId/out', read)
    expect(problems(app)).toEqual([
      'GET /v1/:tenantId/sub/open (read) is not guarded',
      'GET /v1/:tenantId/out (read) is not guarded',
    ])
  })

  it('reports mounts that nothing guards, whatever follows them', () => {
    const other = () => new Response('ok')
    const app = new Hono()
    app.mount('/legacy', other)
    app.all('/older/*', mount(other))
    app.use('/docs/*', guard.public()).mount('/docs', other)
    app.use('/admin/*', invoices()).mount('/admin', other)
    app.get('/legacy/x', invoices(), read)
    app.get('/older/x', invoices(), read)
    expect(problems(app)).toEqual(['ALL /legacy/* (mount) is not guarded', 'ALL /older/* (mount) is not guarded'])
  })

  it('finds a designation that is taken from a param which the path of the guard does not have', () => {
    const tenant = (...designate: string[]) => guard({ resource: 'invoices', designate })
    const app = new Hono()
    app.get('/:tenantId/:id{[0-9]+}/:part?', tenant('tenantId', 'id', 'part'), read)
    app.get('/:tenant', tenant('tenantId'), read)
    app.get('/x', tenant('constructor'), read)
    app.use(tenant('tenantId'))
    const [a, b] = [
      { resource: 'a', designate: ['id'] },
      { resource: 'b', designate: { x: 'ids' } },
    ]
    app.get('/y/:id', guard([a, b]), read)
    app.get('/z', guard({ resource: 'a', designate: { a: () => 'b', c: { body: 'd' } } }), read)
    app.route('/t/:tenantId', new Hono().get('/in', tenant('tenantId'), read))
    expect(problems(app)).toEqual([
      'GET /:tenant: designate: "tenantId" is no param of this path',
      'GET /x: designate: "constructor" is no param of this path',
      'ALL /*: designate: "tenantId" is no param of this path',
      'GET /y/:id: designate: "ids" is no param of this path',
    ])
  })

  it('leaves the app open for further routes', async () => {
    const app = new Hono().get('/a', guard.public(), read)
    assertGuarded(app)
    app.get('/b', guard.public(), read)
    expect((await app.request('/b')).status).toBe(200)
  })

  it.each([undefined, null, {}, () => {}, 'app'])('is a TypeError for %j, which is no app', (app) => {
    expect(() => assertGuarded(app as never)).toThrow(/^app: must be a Hono app/)
  })
})
