import { generateKeyPair } from '@writ/core'
import { build } from 'esbuild'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { every, except, some } from 'hono/combine'
import { cors } from 'hono/cors'
import { mount } from 'hono/mount'
import { describe, expect, it } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey, anchor: null })
const invoices = () => guard({ resource: 'invoices' })
const read = (c: Context) => c.text('ok')
const parse: MiddlewareHandler = async (_c, next) => next()

/** The lines of what `assertGuarded` throws, or none. */
function problems(...args: Parameters<typeof assertGuarded>): string[] {
  try {
    assertGuarded(...args)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    const [first, ...lines] = (error as Error).message.split('\n')
    expect(first).toBe('app: not every route is guarded')
    return lines.map((line) => line.trim())
  }
}

describe('assertGuarded', () => {
  it('assertGuarded accepts an app without routes, and one whose routes are guarded or declared public', () => {
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

  it('assertGuarded names every handler that nothing guards in one error', () => {
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

  it('assertGuarded demands the guard before any handler that may answer', () => {
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

  it('a handler in use() counts as middleware if it takes next and a handler follows below its path', () => {
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

  it('assertGuarded does not recognise a guard that another function calls', () => {
    const inner = invoices()
    const app = new Hono().get('/wrapped', (c, next) => inner(c, next), read)
    expect(problems(app)).toEqual(['GET /wrapped (read) is not guarded'])
  })

  it.each([
    ['except', except('/public', invoices())],
    ['some', some(parse, invoices())],
    ['every', every(invoices(), parse)],
  ])(
    'assertGuarded does not count a guard within %s, since something else decides whether it runs',
    (_name, combined) => {
      expect(problems(new Hono().use(combined).get('/x', read))).toEqual(['GET /x (read) is not guarded'])
      expect(problems(new Hono().use(combined).get('/x', guard.public(), read))).toEqual([])
    },
  )

  it('a guard in use() covers what comes after it', () => {
    const app = new Hono()
    app.get('/before', read)
    app.use(invoices())
    app.get('/after', read)
    app.all('/all/*', read)
    app.route('/sub', new Hono().get('/:id', read))
    expect(problems(app)).toEqual(['GET /before (read) is not guarded'])
  })

  it('a guard covers only paths that it must match', () => {
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

  it('a guard on a pattern with params covers only paths that must match it', () => {
    const app = new Hono()
    app.use('/:tenantId/api/:id', invoices())
    app.use('/t/:tenantId/*', invoices())
    for (const path of ['/:tenant/api/:id', '/acme/api/7', '/t/:tenant', '/t/acme/:id{[0-9]+}']) app.get(path, read)
    expect(problems(app)).toEqual([])
    for (const path of ['/:tenant/api', '/:tenant/api/:id?', '/:t/api/*', '/*/api/x', '/:t/api/:id{.*}', '/x/y/z'])
      app.get(path, read)
    for (const path of ['/t', '/t/*', '/t/:tenant?', '/t/:tenant{[a-z]+}/x', '/t//x']) app.get(path, read)
    expect(problems(app)).toEqual([
      'GET /:tenant/api (read) is not guarded',
      'GET /:tenant/api/:id? (read) is not guarded',
      'GET /:t/api/* (read) is not guarded',
      'GET /*/api/x (read) is not guarded',
      'GET /:t/api/:id{.*} (read) is not guarded',
      'GET /x/y/z (read) is not guarded',
      'GET /t (read) is not guarded',
      'GET /t/* (read) is not guarded',
      'GET /t/:tenant? (read) is not guarded',
      'GET /t/:tenant{[a-z]+}/x (read) is not guarded',
      'GET /t//x (read) is not guarded',
    ])
  })

  it('a guard covers other paths only if its own has only literals and plain params, since routers disagree on the rest', () => {
    for (const odd of [
      '/:id{[0-9]+}',
      '/files/:path{.+}',
      '/a*',
      '/*/b',
      '/:a?',
      '/a|b',
      '/:p-q',
      '/a:b',
      '/é',
      '/(a)',
    ]) {
      const app = new Hono().use(odd, invoices()).use(`${odd}/*`, invoices())
      app.get(odd, read).get(`${odd}/*`, read)
      expect(problems(app)).toEqual([])
      expect(problems(app.get(`${odd}/x`, read))).toEqual([`GET ${odd}/x (read) is not guarded`])
    }
  })

  it('a guard at a literal path does not cover a param', () => {
    for (const literal of ['/~writ', '/acme', '/-', `${'/~writ'.repeat(32)}`])
      expect(problems(new Hono().use(literal, invoices()).get('/:x', read))).toEqual(['GET /:x (read) is not guarded'])
  })

  it('assertGuarded reports a pattern that might lead a router out of the path of its guard', () => {
    const app = new Hono().use('/api/*', invoices())
    for (const path of ['/api/:id{a|b}', '/api/:id{(a|b)/.+}', '/api/:id{[a-z]+}?', '/api/x:y', '/api/a*'])
      app.get(path, read)
    expect(problems(app)).toEqual([])
    for (const path of ['/api/a|b', '/api/:x{a)|(b}', '/api/:x{a|/b}?', '/api/a{b|c}', '/api/:p-q{a|b}'])
      app.get(path, read)
    expect(problems(app)).toEqual([
      'GET /api/a|b (read) is not guarded',
      'GET /api/:x{a)|(b} (read) is not guarded',
      'GET /api/:x{a|/b}? (read) is not guarded',
      'GET /api/a{b|c} (read) is not guarded',
      'GET /api/:p-q{a|b} (read) is not guarded',
    ])
  })

  it('several guards that each match a part of a pattern do not cover it together', () => {
    const app = new Hono()
    app.use('/a', invoices()).use('/a/:b', invoices()).use('/a/:b/:c', invoices())
    app.get('/a/*', read)
    expect(problems(app)).toEqual(['GET /a/* (read) is not guarded'])
  })

  it('a guard of one method covers only that method', () => {
    const app = new Hono()
    app.get('/x', invoices(), read)
    app.post('/x', read)
    app.all('/y', invoices())
    app.post('/y', read)
    app.get('/z', invoices())
    app.all('/z', read)
    expect(problems(app)).toEqual(['POST /x (read) is not guarded', 'ALL /z (read) is not guarded'])
  })

  it('guard.public() covers only handlers of its own path', () => {
    const app = new Hono()
    app.use(guard.public())
    app.use('/docs/*', guard.public())
    app.get('/docs/*', read)
    app.get('/docs/secret', read)
    app.get('/open', guard.public(), read)
    app.post('/open', read)
    expect(problems(app)).toEqual(['GET /docs/secret (read) is not guarded', 'POST /open (read) is not guarded'])
  })

  it('assertGuarded walks sub-apps with their whole paths, through the wrappers of Hono', () => {
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

  it('assertGuarded reports mounts that nothing guards, even if other handlers follow them', () => {
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

  it('assertGuarded recognises the mounts of another copy of Hono, minified or not', async () => {
    const contents = `
      import { Hono } from 'hono'
      import { cors } from 'hono/cors'
import { mount } from 'hono/mount'
      export const app = new Hono().mount('/legacy', () => {}).all('/older/*', mount(() => {}))`
    for (const minify of [true, false]) {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: import.meta.dirname },
        bundle: true,
        write: false,
        minify,
        format: 'esm',
      })
      const { app } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)
      app.get('/legacy/x', invoices(), read).get('/older/x', invoices(), read)
      expect(problems(app)).toEqual(['ALL /legacy/* (mount) is not guarded', 'ALL /older/* (mount) is not guarded'])
    }
  })

  it('strict reports every handler that runs before a guard, unless opaque names it', () => {
    const serve: MiddlewareHandler = async (c, _next) => c.text('a file')
    const sub = new Hono().onError((_error, c) => c.text('', 500)).use(parse)
    const app = new Hono()
      .use(cors())
      .use('/files/*', serve)
      .get('/files/x', invoices(), parse, read)
      .route('/sub', sub)
    app.get('/sub/x', guard.public(), parse, read)
    expect(problems(app)).toEqual([])
    expect(problems(app, { strict: false, opaque: undefined })).toEqual([])
    const all = [
      'ALL /* (cors) is not guarded',
      'ALL /files/* (serve) is not guarded',
      'ALL /sub/* (parse) is not guarded',
    ]
    expect(problems(app, { strict: true })).toEqual(all)
    expect(problems(app, { strict: true, opaque: ['cors', parse] })).toEqual([all[1]])
    expect(problems(app, { strict: true, opaque: ['/*', serve, '/sub/*'] })).toEqual([])
    expect(problems(app, { strict: true, opaque: ['/', '/files', 'Cors'] })).toEqual(all)
  })

  it('assertGuarded accepts what opaque names, but still reports a guard whose param is missing', () => {
    const other = () => new Response('ok')
    const app = new Hono().mount('/legacy', other).use(except('/public', invoices())).get('/x', read)
    expect(problems(app, { opaque: ['/legacy/*', read] })).toEqual([])
    expect(problems(app, { opaque: ['read'] })).toEqual(['ALL /legacy/* (mount) is not guarded'])
    const wrong = app.get('/y', guard({ resource: 'a', designate: ['id'] }), read)
    expect(problems(wrong, { opaque: ['/legacy/*', read, '/y'] })).toEqual([
      'GET /y: designate: "id" is not a param of this path',
    ])
  })

  it.each([
    [{ opaques: [] }, 'opaques: unknown option, must be one of opaque, strict'],
    [{ opaque: 'cors' }, 'opaque: must be an array of names and functions'],
    [{ opaque: [''] }, 'opaque: must be an array of names and functions'],
    [{ opaque: [undefined] }, 'opaque: must be an array of names and functions'],
    [{ strict: 'yes' }, 'strict: must be true or false'],
  ])('assertGuarded throws a TypeError for the options %j', (options, message) => {
    expect(() => assertGuarded(new Hono(), options as never)).toThrow(new TypeError(message))
  })

  it('assertGuarded reports a designation by a param that the path of the guard does not have', () => {
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
      'GET /:tenant: designate: "tenantId" is not a param of this path',
      'GET /x: designate: "constructor" is not a param of this path',
      'ALL /*: designate: "tenantId" is not a param of this path',
      'GET /y/:id: designate: "ids" is not a param of this path',
    ])
  })

  it('an app takes further routes after assertGuarded', async () => {
    const app = new Hono().get('/a', guard.public(), read)
    assertGuarded(app)
    app.get('/b', guard.public(), read)
    expect((await app.request('/b')).status).toBe(200)
  })

  it.each([undefined, null, {}, () => {}, 'app'])(
    'assertGuarded throws a TypeError for %j in place of an app',
    (app) => {
      expect(() => assertGuarded(app as never)).toThrow(/^app: must be a Hono app/)
    },
  )
})
