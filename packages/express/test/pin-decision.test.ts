import { createTestAuthority } from '@writ/testing'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
// @ts-expect-error: has no types
import methodOverride from 'method-override'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Decision, RefusalError, writ } from '../src/index.ts'
import { versions } from './express-target.ts'
import { codeOf, serve } from './serve.ts'

const authority = await createTestAuthority()
const reading = await authority.mint({ resource: 'files', operation: 'read' })
const writing = await authority.mint({ resource: 'files', operation: 'write' })
const acme = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const options = { keys: authority.publicKey, anchor: null, now: authority.now }
const guard = writ(options)
const files = guard.with({ resource: 'files' })
const byTenant = files({ designate: ['tenantId'] })

let ran: string[] = []
let errors: unknown[] = []
const run =
  (name: string): RequestHandler =>
  (_req, res) => {
    ran.push(name)
    res.send(name)
  }
const keep: ErrorRequestHandler = (error, _req, _res, next) => {
  errors.push(error)
  next(error)
}
const rewrite =
  (change: (url: string) => string): RequestHandler =>
  (req, _res, next) => {
    req.url = change(req.url)
    next()
  }

beforeEach(() => {
  ran = []
  errors = []
})

describe.each(versions)('on %s', (_name, express) => {
  /** What came of a request with the token `as`: the status, and the handlers that ran. */
  async function outcome(app: Express, path: string, as = reading, method = 'GET', more: Record<string, string> = {}) {
    const { send } = await serve(app)
    const { status } = await send(path, { method, headers: { ...authority.headersFor(as), ...more } })
    return { status, ran }
  }
  const refused = { status: 500, ran: [] }

  it('method-override after a guard in use() reaches no route', async () => {
    const app = express()
    app.use(files(), methodOverride('X-HTTP-Method-Override', { methods: ['GET'] }))
    app.delete('/files/7', run('delete'))
    app.all('/any', run('any'))
    app.use(keep)
    const override = { 'X-HTTP-Method-Override': 'DELETE' }
    expect(await outcome(app, '/files/7', reading, 'GET', override)).toEqual(refused)
    expect(await outcome(app, '/any', reading, 'GET', override)).toEqual(refused)
    expect(errors[0]).toBeInstanceOf(RefusalError)
    expect(errors[0]).toMatchObject({ code: 'unguarded', expected: 'GET /files/7', actual: 'DELETE /files/7' })
    expect(await outcome(app, '/any')).toEqual({ status: 200, ran: ['any'] })
  })

  it('the guard decides about the method that method-override has set before it', async () => {
    const app = express()
    app.use(methodOverride('X-HTTP-Method-Override', { methods: ['GET'] }), files())
    app.delete('/files/7', run('delete'))
    const override = { 'X-HTTP-Method-Override': 'DELETE' }
    expect(await outcome(app, '/files/7', reading, 'GET', override)).toEqual({ status: 403, ran: [] })
    expect(await outcome(app, '/files/7', writing, 'GET', override)).toEqual({ status: 200, ran: ['delete'] })
  })

  it('a method that is changed later, outside of what Express catches, reaches no route and ends no process', async () => {
    const app = express()
    app.use(files(), (req, _res, next) => {
      setImmediate(() => {
        req.method = 'DELETE'
        next()
      })
    })
    app.use('/nested', express.Router().delete('/7', run('nested')))
    app.delete('/7', run('delete'))
    expect(await outcome(app, '/7')).toEqual(refused)
    expect(await outcome(app, '/nested/7')).toEqual(refused)
  })

  it.each<[string, (url: string) => string, string]>([
    ['to another object', () => '/globex/logo', '/acme/logo'],
    ['by a prefix that is cut off', (url) => url.replace('/acme', ''), '/acme/globex/logo'],
    ['by a prefix that is put before it', (url) => `/globex${url}`, '/acme'],
    ['by slashes that are made one', (url) => url.replaceAll(/\/+/g, '/'), '/acme/a//logo'],
    ['by a query', (url) => `${url}?tenant=globex`, '/acme/logo'],
  ])('a URL that is rewritten after a guard in use() reaches no route: %s', async (_how, change, path) => {
    const app = express()
    app.use('/:tenantId', byTenant)
    app.use(rewrite(change))
    app.use('/:tenantId', express.Router().get(['/logo', '/acme', '/a/logo'], run('logo')))
    expect(await outcome(app, path, acme)).toEqual(refused)
  })

  it('a URL that is rewritten in a mount after a guard in it reaches no route', async () => {
    const app = express()
    const router = express.Router()
    router.use(
      files(),
      rewrite(() => '/secret'),
    )
    router.get('/secret', run('secret'))
    app.use('/a', router)
    expect(await outcome(app, '/a/open')).toEqual(refused)
  })

  it('the guard decides about the URL that was rewritten before it', async () => {
    const app = express()
    const paths: string[] = []
    const byPath = files({ designate: { tenantId: ({ path }) => path.split('/')[1] } })
    app.use(
      rewrite((url) => url.replace('/v1', '')),
      (req, _res, next) => {
        paths.push(req.originalUrl)
        next()
      },
    )
    app.get('/:tenantId/logo', byPath, byTenant, run('logo'))
    expect(await outcome(app, '/v1/globex/logo', acme)).toEqual({ status: 403, ran: [] })
    expect(await outcome(app, '/v1/acme/logo', acme)).toEqual({ status: 200, ran: ['logo'] })
    expect(paths).toEqual(['/v1/globex/logo', '/v1/acme/logo'])
  })

  it('a request passes although Express itself changes the URL within mounts', async () => {
    const app = express()
    const mounted = express()
    mounted.use('/c', express.Router().get('/', run('c')).get('/d', run('d')))
    mounted.get('/', run('b'))
    app.use(files())
    app.use('/a', files(), express.Router().use(files()).use('/b', mounted).get('/', run('a')))
    app.get('/a/b/late', run('late'))
    const paths = [
      '/a',
      '/a/',
      '/a?x=/y',
      '/a/?x',
      '/a/b',
      '/a/b/',
      '/a/b/c',
      '/a/b/c/d?x',
      '/a/b/late',
      '/A/b/C',
      '/a//b',
    ]
    for (const path of [...paths, ...paths.map((one) => `http://writ.test${one}`)])
      expect(await outcome(app, path), path).toMatchObject({ status: path.includes('//b') ? expect.any(Number) : 200 })
  })

  it('a HEAD request passes a guard in use() and reaches the route of GET', async () => {
    const app = express()
    app.use(files()).get('/logo', run('logo'))
    expect(await outcome(app, '/logo', reading, 'HEAD')).toEqual({ status: 200, ran: ['logo'] })
  })

  it('next("route") and next("router") go on with the request that the guard decided about', async () => {
    const app = express()
    app.use(files())
    app.get('/logo', (_req, _res, next) => next('route'))
    app.use(express.Router().get('/logo', (_req, _res, next) => next('router')))
    app.get('/logo', run('logo'))
    expect(await outcome(app, '/logo')).toEqual({ status: 200, ran: ['logo'] })
  })

  it('the guard decides again about a request that the app dispatches again', async () => {
    const app = express()
    const decisions: Decision[] = []
    const heard = writ({ ...options, onDecision: (decision) => void decisions.push(decision) })
    app.use(heard({ resource: 'files' }))
    app.get('/old', (req, res, next) => {
      req.url = '/new'
      Reflect.apply(app, undefined, [req, res, next])
    })
    app.get('/new', run('new'))
    expect(await outcome(app, '/old')).toEqual({ status: 200, ran: ['new'] })
    expect(decisions).toHaveLength(2)
  })

  it('a request that is dispatched again past the guard that decided about it reaches no route', async () => {
    const app = express()
    const router = express.Router().get('/new', run('new'))
    app.use('/old', files())
    app.get('/old', (req, res, next) => {
      req.url = '/new'
      router(req, res, next)
    })
    expect(await outcome(app, '/old')).toEqual(refused)
  })

  it('a guard of a route does not hold the request to its route', async () => {
    const app = express()
    app.get('/old', files(), (req, _res, next) => {
      req.url = '/new'
      next('route')
    })
    app.get('/new', files(), run('new'))
    expect(await outcome(app, '/old')).toEqual({ status: 200, ran: ['new'] })
  })

  it('an error handler that lets the request go on does not let it reach a route', async () => {
    const app = express()
    app.use(files(), methodOverride('X-HTTP-Method-Override', { methods: ['GET'] }))
    app.delete('/7', run('delete'))
    app.use(((_error, _req, _res, next) => next()) satisfies ErrorRequestHandler)
    app.delete('/7', run('second'))
    const override = { 'X-HTTP-Method-Override': 'DELETE' }
    expect(await outcome(app, '/7', reading, 'GET', override)).toEqual(refused)
  })

  it('guard.public() and report mode allow the request to change', async () => {
    const app = express()
    app.use(guard.public(), writ({ ...options, mode: 'report' })({ resource: 'files' }))
    app.use(rewrite(() => '/new'))
    app.get('/new', run('new'))
    expect(await outcome(app, '/old')).toEqual({ status: 200, ran: ['new'] })
  })

  it('a guard that stands in a route and in use() holds the request only from use() on', async () => {
    const app = express()
    const one = files()
    app.get('/7', one, (_req, _res, next) => next('route'))
    app.use(one, methodOverride('X-HTTP-Method-Override', { methods: ['GET'] }))
    app.delete('/7', run('delete'))
    expect(await outcome(app, '/7', reading, 'GET', { 'X-HTTP-Method-Override': 'DELETE' })).toEqual(refused)
  })

  it("the answer to a changed request is a problem of the server, with refuse: 'error' or without", async () => {
    const app = express()
    app.use(files(), methodOverride('X-HTTP-Method-Override', { methods: ['GET'] }))
    app.delete('/7', run('delete'))
    app.use(((error, _req, res, _next) => res.status(error.status).json(error)) satisfies ErrorRequestHandler)
    const { send } = await serve(app)
    const headers = { ...authority.headersFor(reading), 'X-HTTP-Method-Override': 'DELETE' }
    const answer = await send('/7', { headers })
    expect([answer.status, codeOf(answer)]).toEqual([500, 'unguarded'])
  })
})
