import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { createTestAuthority } from '@writ/testing'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { capability, writ } from '../src/index.ts'
import { versions } from './express-target.ts'
import { serve } from './serve.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read' })
const allowed = authority.headersFor(token)
const guard = writ({ keys: authority.publicKey, anchor: null, now: authority.now })
const files = guard.with({ resource: 'files', operation: 'read' })

let ran: string[] = []
beforeEach(() => {
  ran = []
})
const note =
  (name: string): RequestHandler =>
  (_req, _res, next) => {
    ran.push(name)
    next()
  }
const run =
  (name: string): RequestHandler =>
  (_req, res) => {
    ran.push(name)
    res.send(name)
  }

/** What came of a request without a token, and of one with: the status, and what ran. */
async function both(app: Express, path: string, method = 'GET') {
  const { send } = await serve(app)
  ran = []
  const without = { status: (await send(path, { method })).status, ran }
  ran = []
  const withToken = { status: (await send(path, { method, headers: allowed })).status, ran }
  return { without, withToken }
}

/** The first bytes that come back for what is sent as it stands. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {}).write(text)
  const [chunk] = await once(socket, 'data')
  return String(chunk)
}

describe.each(versions)('on %s', (_name, express) => {
  const guarded = { without: { status: 401, ran: [] }, withToken: { status: 200, ran: ['handler'] } }

  it.each<[string, (app: Express) => unknown]>([
    ['app.METHOD', (app) => app.get('/a', files(), run('handler'))],
    ['app.all', (app) => app.all('/a', files(), run('handler'))],
    ['app.route', (app) => app.route('/a').all(files()).get(run('handler'))],
    ['an array of handlers', (app) => app.get('/a', [files() as RequestHandler, run('handler')])],
    ['an array of paths', (app) => app.get(['/b', '/a'], files(), run('handler'))],
    ['a regular expression', (app) => app.get(/a$/, files(), run('handler'))],
    ['app.use', (app) => app.use('/a', files(), run('handler'))],
    ['an array in app.use', (app) => app.use(['/b', '/a'], [files() as RequestHandler, run('handler')])],
    ['a router', (app) => app.use('/a', express.Router().use(files()).get('/', run('handler')))],
    [
      'a router in a router',
      (app) => app.use(files(), express.Router().use('/a', express.Router().all('/', run('handler')))),
    ],
    ['a mounted app', (app) => app.use('/a', express().use(files()).get('/', run('handler')))],
    ['a mounted app behind a guard', (app) => app.use('/a', files(), express().get('/', run('handler')))],
    [
      'an async handler',
      (app) =>
        app.get('/a', files(), async (req, res, next) => {
          await Promise.resolve()
          run('handler')(req, res, next)
        }),
    ],
  ])('a handler of %s runs after the guard has let the request pass, and not else', async (_way, build) => {
    const app = express()
    build(app)
    expect(await both(app, '/a')).toEqual(guarded)
  })

  it('a route that is declared before the guard in use() is not guarded', async () => {
    const app = express()
    app.get('/a', run('handler'))
    app.use(files())
    expect((await both(app, '/a')).without).toEqual({ status: 200, ran: ['handler'] })
  })

  it('middleware before the guard runs for every request, middleware after it for requests that pass', async () => {
    const app = express()
    app.use(note('before'), files(), note('after'))
    app.get('/a', run('handler'))
    expect(await both(app, '/a')).toEqual({
      without: { status: 401, ran: ['before'] },
      withToken: { status: 200, ran: ['before', 'after', 'handler'] },
    })
  })

  it('callbacks of param() run before a guard of the route, and after a guard in use()', async () => {
    const [early, late] = [express(), express()]
    for (const app of [early, late])
      app.param('id', (_req, _res, next) => {
        ran.push('param')
        next()
      })
    early.get('/:id', files(), run('handler'))
    late.use(files())
    late.get('/:id', run('handler'))
    expect((await both(early, '/7')).without).toEqual({ status: 401, ran: ['param'] })
    expect((await both(late, '/7')).without).toEqual({ status: 401, ran: [] })
  })

  it('HEAD is answered by the route of GET, after its guard', async () => {
    const app = express()
    app.get('/a', files(), run('handler'))
    expect(await both(app, '/a', 'HEAD')).toEqual(guarded)
  })

  it('OPTIONS is answered with the methods of the routes, unless a guard stands before them in use()', async () => {
    const [open, closed] = [express(), express()]
    open.get('/a', files(), run('handler'))
    closed.use(files())
    closed.get('/a', run('handler'))
    expect((await both(open, '/a', 'OPTIONS')).without).toEqual({ status: 200, ran: [] })
    expect((await both(closed, '/a', 'OPTIONS')).without).toEqual({ status: 401, ran: [] })
  })

  it('a path without a route is 404, unless a guard stands before it in use()', async () => {
    const [open, closed] = [express(), express()]
    for (const app of [open, closed]) app.get('/a', files(), run('handler'))
    closed.use(files(), note('404 handler'))
    expect((await both(open, '/b')).without).toEqual({ status: 404, ran: [] })
    expect(await both(closed, '/b')).toEqual({
      without: { status: 401, ran: [] },
      withToken: { status: 404, ran: ['404 handler'] },
    })
  })

  it('an error handler runs for an error before the guard, with or without a token', async () => {
    const app = express()
    app.use(express.json())
    app.get('/:id', files(), run('handler'))
    app.use(((_error, _req, res, _next) => {
      ran.push('error handler')
      res.status(400).end()
    }) satisfies ErrorRequestHandler)
    expect((await both(app, '/%zz')).without).toEqual({ status: 400, ran: ['error handler'] })
  })

  it('next("route"), next("router") and next(error) skip handlers, but no guard of a route that follows', async () => {
    const app = express()
    app.get('/a', (_req, _res, next) => next('route'), run('skipped'))
    app.use(
      express
        .Router()
        .get('/a', (_req, _res, next) => next('router'))
        .get('/a', run('skipped')),
    )
    app.get('/a', files(), run('handler'))
    app.get('/b', (_req, _res, next) => next(new Error('b')), run('skipped'))
    app.use(((_error, _req, _res, next) => next()) satisfies ErrorRequestHandler)
    app.get('/b', files(), run('handler'))
    expect(await both(app, '/a')).toEqual(guarded)
    expect(await both(app, '/b')).toEqual(guarded)
  })

  it('two guards on one route must both pass', async () => {
    const app = express()
    app.get('/a', files(), guard({ resource: 'orders' }), run('handler'))
    expect(await both(app, '/a')).toEqual({ without: { status: 401, ran: [] }, withToken: { status: 403, ran: [] } })
  })

  it('static files and res.sendFile are sent only after the guard, for every spelling of the path', async () => {
    const app = express()
    app.use('/files', files(), express.static(import.meta.dirname))
    app.get('/one', files(), (_req, res) => res.sendFile(import.meta.filename))
    const { send } = await serve(app)
    for (const path of ['/files/ways.test.ts', '/files', '/files/../files/ways.test.ts', '/one']) {
      for (const more of [
        { Range: 'bytes=0-3' },
        { 'If-None-Match': '*' },
        { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
      ])
        expect((await send(path, { headers: more })).status, path).toBe(401)
    }
    expect((await send('/one', { headers: { ...allowed, Range: 'bytes=0-3' } })).status).toBe(206)
    expect((await send('/files/ways.test.ts', { headers: { ...allowed, 'If-None-Match': '*' } })).status).toBe(304)
  })

  it('a view is rendered, and a stream of events begins, after the guard', async () => {
    const app = express()
    app.engine('ts', (_path, _options, done) => {
      ran.push('engine')
      done(null, 'page')
    })
    app.set('views', import.meta.dirname)
    app.get('/page', files(), (_req, res) => res.render('ways.test.ts'))
    app.get('/events', files(), (_req, res) => {
      ran.push('events')
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n')
      res.end()
    })
    expect(await both(app, '/page')).toEqual({
      without: { status: 401, ran: [] },
      withToken: { status: 200, ran: ['engine'] },
    })
    expect(await both(app, '/events')).toEqual({
      without: { status: 401, ran: [] },
      withToken: { status: 200, ran: ['events'] },
    })
  })

  it('a promise that a handler does not await sees the capability of its own request', async () => {
    const app = express()
    const seen: (string | undefined)[] = []
    app.get('/:n', files(), async (req, res) => {
      const { subject } = capability(req)
      await Promise.resolve()
      seen.push(subject, capability(req).subject)
      res.end()
    })
    const bob = authority.headersFor(await authority.mint({ resource: 'files', operation: 'read', subject: 'bob' }))
    const { send } = await serve(app)
    await Promise.all([send('/1', { headers: allowed }), send('/2', { headers: bob })])
    expect(seen.toSorted()).toEqual(['alice', 'alice', 'bob', 'bob'])
  })

  it('Expect: 100-continue reaches the app like any request, unless the server has a listener of its own', async () => {
    const app = express()
    app.post('/a', files(), run('handler'))
    const request = 'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx'
    const { port } = await serve(app)
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    let text = ''
    const answered = new Promise((resolve) => {
      socket.on('data', (chunk) => {
        text += String(chunk)
        if (text.includes(' 401 ')) resolve(text)
      })
    })
    socket.write(request)
    expect(await answered).toMatch(/^HTTP\/1.1 100 Continue/)
    const server = createServer(app).on('checkContinue', (_req, res) => {
      ran.push('checkContinue')
      res.end('unguarded')
    })
    expect(await raw((await serve(app, server)).port, request)).toMatch(/^HTTP\/1.1 200 /)
    expect(ran).toEqual(['checkContinue'])
  })

  it('listeners of the server for upgrade, connect and request are not guarded', async () => {
    const app = express()
    app.use(files())
    const server = createServer(app)
      .on('upgrade', (_req, socket) => {
        ran.push('upgrade')
        socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      })
      .on('connect', (_req, socket) => {
        ran.push('connect')
        socket.end('HTTP/1.1 200 OK\r\n\r\n')
      })
      .on('request', () => void ran.push('request'))
    const { port } = await serve(app, server)
    const upgrade = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    expect(await raw(port, upgrade)).toMatch(/^HTTP\/1.1 101 /)
    expect(await raw(port, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
    expect(await raw(port, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 401 /)
    expect(ran).toEqual(['upgrade', 'connect', 'request'])
  })

  it('a request to upgrade that no listener takes is a request like any other', async () => {
    const app = express()
    app.get('/a', files(), run('handler'))
    const { port } = await serve(app)
    const upgrade = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    expect(await raw(port, upgrade)).toMatch(/^HTTP\/1.1 401 /)
    expect(ran).toEqual([])
  })
})
