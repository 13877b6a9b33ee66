import { generateKeyPair } from '@writ/core'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { describe, expect, it } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'
import { express4, express5, versions } from './express-target.ts'

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey, anchor: null })
const invoices = () => guard({ resource: 'invoices' })
const read: RequestHandler = (_req, res) => {
  res.end()
}
const parse: RequestHandler = (_req, _res, next) => next()
const fail: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.end()
}

type App = Parameters<typeof assertGuarded>[0]

/** The lines of what `assertGuarded` throws, or none. */
function problems(app: App, options?: Parameters<typeof assertGuarded>[1]): string[] {
  try {
    assertGuarded(app, options)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    const [first, ...lines] = (error as Error).message.split('\n')
    expect(first).toBe('app: not every route is guarded')
    return lines.map((line) => line.trim())
  }
}

describe.each(versions)('assertGuarded on %s', (_name, express) => {
  it('assertGuarded accepts an app without routes, and one whose routes are guarded or declared public', () => {
    expect(problems(express())).toEqual([])
    const app = express()
    app.get('/invoices', invoices(), read)
    app.post('/invoices', parse, invoices(), parse, read)
    app.put('/invoices', [parse, invoices(), read])
    app.get('/healthz', guard.public(), read)
    app.route('/orders').all(invoices()).get(read).post(read)
    app.delete('/orders', guard([{ resource: 'orders' }, { resource: 'admin' }]), read, fail)
    app.use(fail)
    expect(problems(app)).toEqual([])
  })

  it('assertGuarded names every route that nothing guards, with its handler, in one error', () => {
    const app = express()
    app.get('/open', read)
    app.get('/invoices', invoices(), read)
    app.post('/open/:id', parse, (_req, res) => {
      res.end()
    })
    app.all('/any', read)
    app.get('/', read)
    expect(problems(app)).toEqual([
      'GET /open (read) is not guarded',
      'POST /open/:id (anonymous) is not guarded',
      'ALL /any (read) is not guarded',
      'GET / (read) is not guarded',
    ])
  })

  it('assertGuarded checks each method of a route', () => {
    const app = express()
    app.route('/orders').get(invoices(), read).post(read)
    app.route('/late').get(read).all(invoices())
    expect(problems(app)).toEqual(['POST /orders (read) is not guarded', 'GET /late (read) is not guarded'])
  })

  it('assertGuarded demands the guard before any handler that may answer', () => {
    const app = express()
    app.get('/a', read, invoices())
    app.get('/b', read, invoices(), read)
    app.get('/c', parse, invoices())
    app.get('/d', invoices())
    expect(problems(app)).toEqual([
      'GET /a (read) is not guarded',
      'GET /b (read) is not guarded',
      'GET /c (parse) is not guarded',
    ])
  })

  it('assertGuarded does not recognise a guard that another function calls', () => {
    const app = express()
    const inner = invoices()
    app.get('/wrapped', (req, res, next) => inner(req, res, next), read)
    expect(problems(app)).toEqual(['GET /wrapped (read) is not guarded'])
  })

  it('a guard in use() covers the routes that follow it', () => {
    const app = express()
    app.get('/before', read)
    app.use(invoices())
    app.get('/after', read)
    app.use('/router', express.Router().get('/after', read))
    expect(problems(app)).toEqual(['GET /before (read) is not guarded'])
  })

  it('a guard in use(path) covers the routes below that path', () => {
    const app = express()
    app.use('/api', invoices())
    app.get('/api', read)
    app.get('/api/orders/:id', read)
    app.get('/apis', read)
    app.get('/:any', read)
    app.get(['/api/a', '/api/b'], read)
    app.get(['/api/a', '/b'], read)
    app.get(/^\/api\/c/, read)
    expect(problems(app)).toEqual([
      'GET /apis (read) is not guarded',
      'GET /:any (read) is not guarded',
      'GET /api/a,/b (read) is not guarded',
      `GET ${String(/^\/api\/c/)} (read) is not guarded`,
    ])
  })

  it('a guard in use(path) with params covers only routes whose requests must match it', () => {
    const app = express()
    app.use('/:tenantId/api', invoices())
    app.get('/:tenant/api/:id', read)
    app.get('/acme/api', read)
    app.get('/:tenantId', read)
    app.get('/api/:id', read)
    expect(problems(app)).toEqual(['GET /:tenantId (read) is not guarded', 'GET /api/:id (read) is not guarded'])
  })

  it('a guard beside a router in use(path) covers the router', () => {
    const app = express()
    const router = express.Router()
    router.get('/orders', read)
    app.use('/api', invoices(), router)
    app.use('/open', router)
    expect(problems(app)).toEqual(['GET /open/orders (read) is not guarded'])
  })

  it('a guard in a router does not cover routes outside of it', () => {
    const app = express()
    const router = express.Router()
    router.use(invoices())
    router.get('/in', read)
    app.use('/api', router)
    app.get('/api/out', read)
    expect(problems(app)).toEqual(['GET /api/out (read) is not guarded'])
    expect(problems(router)).toEqual([])
  })

  it('assertGuarded walks routers in routers, and names the path and the handler', () => {
    const inner = express.Router()
    inner.get('/:id', function readOrder(_req, res) {
      res.end()
    })
    const app = express()
    app.use('/api', express.Router().use('/orders', inner).get('/x', invoices(), read))
    expect(problems(app)).toEqual(['GET /api/orders/:id (readOrder) is not guarded'])
  })

  it('guard.public() in use() covers the one layer that follows it at the same path', () => {
    const app = express()
    app.use('/docs', guard.public(), express.Router().get('/', read))
    app.use(guard.public(), express.Router().get('/logo', read))
    app.use(express.Router().get('/secret', read))
    app.use('/docs', guard.public())
    app.use('/admin', express.Router().get('/', read))
    app.use('/docs', guard.public())
    app.use(express.Router().get('/everything', read))
    app.use(guard.public())
    app.use('/docs', express.Router().get('/late', read))
    app.use(guard.public())
    app.get('/open', read)
    app.use(express.Router().get('/late', read))
    expect(problems(app)).toEqual([
      'GET /secret (read) is not guarded',
      'GET /admin (read) is not guarded',
      'GET /everything (read) is not guarded',
      'GET /docs/late (read) is not guarded',
      'GET /open (read) is not guarded',
      'GET /late (read) is not guarded',
    ])
  })

  it('assertGuarded reports a mounted app, which it cannot look into', () => {
    const app = express()
    app.use('/admin', express())
    expect(problems(app)).toEqual([
      'use /admin (mounted_app): a mounted app, call assertGuarded for it first or name it in opaque',
    ])
  })

  it('assertGuarded accepts a mounted app that has passed itself, before it was mounted or after', () => {
    const app = express()
    const [early, late] = [express(), express()]
    early.get('/', invoices(), read)
    assertGuarded(early)
    app.use('/early', early)
    app.use('/late', late)
    late.get('/', invoices(), read)
    expect(problems(app)).toHaveLength(1)
    assertGuarded(late)
    expect(problems(app)).toEqual([])
    app.use('/again', early)
    expect(problems(app)).toEqual([])
    app.use('/other', express())
    expect(problems(app)).toHaveLength(1)
  })

  it('assertGuarded does not accept a mounted app that has not passed itself', () => {
    const app = express()
    const admin = express()
    admin.get('/', read)
    expect(problems(admin)).toHaveLength(1)
    app.use('/admin', admin)
    expect(problems(app)).toHaveLength(1)
  })

  it('assertGuarded accepts a mounted app that a guard covers', () => {
    const app = express()
    app.use('/admin', invoices(), express())
    expect(problems(app)).toEqual([])
  })

  it('assertGuarded accepts what opaque names, and only that', () => {
    const app = express()
    const [admin, other] = [express(), express()]
    app.use('/admin', admin)
    app.use('/other', other)
    expect(problems(app, { opaque: [admin] })).toHaveLength(1)
    expect(problems(app, { opaque: [admin, other] })).toEqual([])
    expect(problems(app, { opaque: [express(), 'others'] })).toHaveLength(2)
    expect(problems(app, { opaque: ['/admin', '/other'] })).toEqual([])
  })

  it('assertGuarded reports a designation by a param that the route does not have', () => {
    const app = express()
    const tenant = (...designate: string[]) => guard({ resource: 'invoices', designate })
    app.get('/:tenantId/:id', tenant('tenantId', 'id'), read)
    app.get('/:tenant', tenant('tenantId'), read)
    app.get('/x', tenant('constructor'), read)
    app.get(
      '/y/:id',
      guard([
        { resource: 'a', designate: ['id'] },
        { resource: 'b', designate: { x: 'ids' } },
      ]),
      read,
    )
    app.get('/z', guard({ resource: 'a', designate: { a: () => 'b', c: { body: 'd' } } }), read)
    expect(problems(app)).toEqual([
      'GET /:tenant: designate: "tenantId" is not a param of this path',
      'GET /x: designate: "constructor" is not a param of this path',
      'GET /y/:id: designate: "ids" is not a param of this path',
    ])
  })

  it('assertGuarded reports a guard in use() that designates by a param of a route below it', () => {
    const app = express()
    const byTenant = guard({ resource: 'invoices', designate: ['tenantId'] })
    app.use(byTenant)
    app.use('/t/:tenantId', byTenant)
    app.get('/t/:tenantId/x', read)
    expect(problems(app)).toEqual(['use /: designate: "tenantId" is not a param of this path'])
  })

  it('a router sees the params of its mount only if it merges them, and assertGuarded knows that', () => {
    const byTenant = guard({ resource: 'invoices', designate: ['tenantId', 'id'] })
    for (const mergeParams of [true, false]) {
      const app = express()
      const router = express.Router({ mergeParams })
      router.get('/:id', byTenant, read)
      app.use('/t/:tenantId', router)
      const expected = mergeParams ? [] : ['GET /t/:tenantId/:id: designate: "tenantId" is not a param of this path']
      expect(problems(app)).toEqual(expected)
    }
  })

  it('assertGuarded does not guess the params of a regular expression', () => {
    const app = express()
    app.get(/^\/x\/(?<id>\d+)$/, guard({ resource: 'a', designate: ['id'] }), read)
    expect(problems(app)).toEqual([])
  })

  it.each([undefined, null, {}, () => {}, 'app'])(
    'assertGuarded throws a TypeError for %j in place of an app',
    (app) => {
      expect(() => assertGuarded(app as never)).toThrow(/^app: must be an Express app or router/)
    },
  )

  it.each([
    ['opaques: unknown option, must be one of opaque, strict, server', { opaques: [] }],
    ['opaque: must be an array', { opaque: 'admin' }],
    ['opaque: must be an array', { opaque: [''] }],
    ['opaque: must be an array', { opaque: [7] }],
    ['strict: must be', { strict: 'yes' }],
  ])('assertGuarded throws a TypeError "%s" for the options %j', (message, options) => {
    expect(() => assertGuarded(express(), options as never)).toThrow(new RegExp(`^${message}`))
  })
})

describe('assertGuarded on patterns of one version', () => {
  it('a guard does not cover a pattern whose optional parts make it shorter (Express 5)', () => {
    const app = express5()
    app.use('/:a/:b', invoices())
    app.get('/x{/:y}', read)
    app.get('/x/*rest', read)
    app.get('/x/y/*rest', read)
    expect(problems(app)).toEqual(['GET /x{/:y} (read) is not guarded', 'GET /x/*rest (read) is not guarded'])
  })

  it('a guard at a wildcard covers only a mount with the same path (Express 5)', () => {
    const app = express5()
    app.use('/*rest', invoices(), express5.Router().get('/', read))
    app.get('/a/:b', read)
    expect(problems(app)).toEqual(['GET /a/:b (read) is not guarded'])
  })

  it('assertGuarded reports a designation by a wildcard, which has several values (Express 5)', () => {
    const app = express5()
    app.get('/files/*path', guard({ resource: 'files', designate: ['path'] }), read)
    expect(problems(app)).toEqual([
      'GET /files/*path: designate: "path" is a wildcard with several values, use a function',
    ])
  })

  it('a param that designates must be in every pattern of a route (Express 5)', () => {
    const app = express5()
    app.get(['/a/:id', '/b/:id'], guard({ resource: 'a', designate: ['id'] }), read)
    app.get(['/a/:id', '/b/:other'], guard({ resource: 'a', designate: ['id'] }), read)
    expect(problems(app)).toEqual(['GET /a/:id,/b/:other: designate: "id" is not a param of this path'])
  })

  it('a guard does not cover a pattern whose optional part makes it shorter (Express 4)', () => {
    const app = express4()
    app.use('/x/:y', invoices())
    app.use('/z', invoices())
    app.get('/x/:y?', read)
    app.get('/x/:y/:z?', read)
    app.get('/z/?a', read)
    expect(problems(app)).toEqual(['GET /x/:y? (read) is not guarded', 'GET /z/?a (read) is not guarded'])
  })

  it('a guard in use("*") covers everything (Express 4)', () => {
    const app = express4()
    app.use('*', invoices())
    app.get('/', read)
    app.get('/a/:b', read)
    expect(problems(app)).toEqual([])
  })

  it('assertGuarded reports what a guard may not cover, if the version hides the paths of mounts (router before 2.3)', () => {
    const app = express5()
    const router = express5.Router()
    router.get('/orders', read)
    app.use('/api', invoices(), router)
    app.get('/api/x', read)
    app.use('/t/:tenantId', guard({ resource: 'invoices', designate: ['tenantId'] }))
    for (const layer of app.router.stack as object[]) {
      Reflect.deleteProperty(layer, 'rawPath')
      Object.assign(layer, { keys: [] })
    }
    expect(problems(app)).toEqual(['GET …/orders (read) is not guarded', 'GET /api/x (read) is not guarded'])
  })
})
