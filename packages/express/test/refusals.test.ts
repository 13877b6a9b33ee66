import { setImmediate as turn } from 'node:timers/promises'
import { createTestAuthority } from '@writ/testing'
// @ts-expect-error: has no types
import compression from 'compression'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
// @ts-expect-error: has no types
import session from 'express-session'
import { beforeEach, describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'
import { versions } from './express-target.ts'
import { codeOf, serve } from './serve.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read' })
const headers = authority.headersFor(token)
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }

let ran: string[] = []
beforeEach(() => {
  ran = []
})

/** Numbers below `below`, always the same ones. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

/** A store of sessions that takes some turns of the loop for everything. */
class SlowStore extends (session.Store as new () => object) {
  readonly #number = numbers(7)
  readonly #later = (done?: (error: unknown, found?: unknown) => void) =>
    void turns(this.#number(9)).then(() => done?.(null))
  get(_id: string, done: () => void) {
    this.#later(done)
  }
  set(_id: string, _session: unknown, done: () => void) {
    this.#later(done)
  }
  touch(_id: string, _session: unknown, done: () => void) {
    this.#later(done)
  }
  destroy(_id: string, done: () => void) {
    this.#later(done)
  }
}

/** Answers some turns of the loop after it was told to. */
function delayEnd(): RequestHandler {
  const number = numbers(3)
  return (_req, res, next) => {
    const { end } = res
    res.end = ((...args: unknown[]) => {
      void turns(number(9)).then(() => Reflect.apply(end, res, args))
      return res
    }) as typeof end
    next()
  }
}

/** The two ways in which a guard may stand before a handler, with everything that might run after it. */
function build(app: Express, guard: RequestHandler): void {
  const note =
    (name: string): RequestHandler =>
    (_req, _res, next) => {
      ran.push(name)
      next()
    }
  app.use('/mounted', guard, note('use'))
  app.get('/mounted', note('handler'))
  app.get('/routed', guard, note('handler'), ((_error, _req, _res, next) => {
    ran.push('error handler of the route')
    next()
  }) satisfies ErrorRequestHandler)
  app.use(note('404 handler'))
  app.use(((_error, _req, res, _next) => {
    ran.push('error handler')
    res.status(500).end()
  }) satisfies ErrorRequestHandler)
}

describe.each(versions)('after a refusal on %s', (_name, express) => {
  it.each<[string, () => RequestHandler[]]>([
    ['compression', () => [compression({ threshold: 0 })]],
    [
      'express-session with a slow store',
      () => [session({ secret: 's', resave: true, saveUninitialized: true, rolling: true, store: new SlowStore() })],
    ],
    ['a middleware that delays end', () => [delayEnd()]],
    ['all of them', () => [delayEnd(), compression({ threshold: 0 }), delayEnd()]],
  ])('no handler, middleware or error handler runs, however slowly %s ends the response', async (_what, before) => {
    const number = numbers(11)
    const guard = writ({
      ...options,
      onDecision: () => turns(number(5)),
      onRefusal: async () => {
        await turns(number(5))
        return undefined
      },
    })
    const app = express()
    app.use(...before())
    build(app, guard({ resource: 'files' }) as RequestHandler)
    const { send } = await serve(app)
    const sent = { headers: { 'Accept-Encoding': 'identity' } }
    for (let i = 0; i < 20; i++) {
      const answers = await Promise.all(['/mounted', '/routed'].map((path) => send(path, sent)))
      expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([
        [401, 'missing_token'],
        [401, 'missing_token'],
      ])
      await turns(10)
    }
    expect(ran).toEqual([])
  })

  it.each(['/mounted', '/routed'])("nothing but error handlers runs with refuse: 'error', at %s", async (path) => {
    const app = express()
    build(app, writ({ ...options, refuse: 'error' })({ resource: 'files' }) as RequestHandler)
    const { send } = await serve(app)
    expect((await send(path)).status).toBe(path === '/routed' ? 404 : 500)
    // An error handler that calls next() without an error lets the request go on, but into no route.
    expect(ran).toEqual(path === '/routed' ? ['error handler of the route', '404 handler'] : ['error handler'])
  })

  it("an error handler that goes on after a refusal with refuse: 'error' lets the request into no further route", async () => {
    const guard = writ({ ...options, refuse: 'error' })({ resource: 'files' }) as RequestHandler
    const app = express()
    const recover: ErrorRequestHandler = (_error, _req, _res, next) => next()
    app.use('/mounted', guard)
    app.get('/routed', guard)
    app.use(recover)
    app.all(['/mounted', '/routed'], () => void ran.push('handler'))
    const { send } = await serve(app)
    expect([(await send('/mounted')).status, (await send('/routed')).status, ran]).toEqual([500, 500, []])
  })

  it('an error handler of the same route that goes on after a refusal lets the next handler run', async () => {
    const app = express()
    const recover: ErrorRequestHandler = (_error, _req, _res, next) => next()
    const guard = writ({ ...options, refuse: 'error' })({ resource: 'files' }) as RequestHandler
    const handler: RequestHandler = (_req, res) => void res.send('without a token')
    app.get('/', guard, recover, handler)
    const { send } = await serve(app)
    expect(await send('/')).toMatchObject({ status: 200, text: 'without a token' })
  })

  it('a response that fails to end goes to the error handlers, even if what was thrown is not an Error', async () => {
    const app = express()
    app.use((_req, res, next) => {
      const { end } = res
      res.end = (() => {
        res.end = end
        throw undefined
      }) as unknown as typeof end
      next()
    })
    build(app, writ(options)({ resource: 'files' }) as RequestHandler)
    const { send } = await serve(app)
    expect((await send('/mounted')).status).toBe(500)
    expect((await send('/routed')).status).toBe(404)
    expect(ran).toEqual(['error handler', 'error handler of the route', '404 handler'])
  })
})

describe.each(versions)('while the guard decides on %s', (_name, express) => {
  /** An app whose guard waits until it is told to go on, and tells when it has been asked. */
  function pending(refuse: 'answer' | 'error' = 'answer') {
    const asked = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const decided = Promise.withResolvers<void>()
    const guard = writ({
      ...options,
      refuse,
      onDecision: async () => {
        asked.resolve()
        await goOn.promise
        void turns(5).then(decided.resolve)
      },
    })
    const app = express()
    return { app, guard: guard({ resource: 'files' }) as RequestHandler, asked, goOn, decided }
  }

  it.each([headers, {}])(
    'a response that something else has ended reaches no handler, with the headers %j',
    async (sent) => {
      const { app, guard, asked, goOn, decided } = pending()
      app.use((_req, res, next) => {
        void asked.promise.then(() => res.status(408).end('too late'))
        next()
      })
      build(app, guard)
      const { send } = await serve(app)
      expect(await send('/mounted', { headers: sent })).toMatchObject({ status: 408, text: 'too late' })
      goOn.resolve()
      await decided.promise
      expect(ran).toEqual([])
    },
  )

  it('a timeout that goes on to the error handlers is answered by them alone', async () => {
    const { app, guard, asked, goOn, decided } = pending()
    app.use((_req, _res, next) => {
      void asked.promise.then(() => next(new Error('timed out')))
      next()
    })
    build(app, guard)
    const { send } = await serve(app)
    expect((await send('/mounted', { headers })).status).toBe(500)
    goOn.resolve()
    await decided.promise
    expect(ran).toEqual(['error handler'])
  })

  it.each([
    ['/mounted', headers, 'answer'],
    ['/routed', headers, 'answer'],
    ['/mounted', {}, 'answer'],
    ['/mounted', {}, 'error'],
  ] as const)(
    'a client that goes away reaches no handler, at %s with the headers %j and refuse: %s',
    async (path, sent, refuse) => {
      const { app, guard, asked, goOn, decided } = pending(refuse)
      const closed = Promise.withResolvers<void>()
      app.use((_req, res, next) => {
        res.on('close', closed.resolve)
        next()
      })
      build(app, guard)
      const { open } = await serve(app)
      const outgoing = open(path, { headers: sent }).on('error', () => {})
      outgoing.end()
      await asked.promise
      outgoing.destroy()
      await closed.promise
      goOn.resolve()
      await decided.promise
      expect(ran).toEqual([])
    },
  )

  it('the guard calls next once, although a handler throws within it', async () => {
    const app = express()
    let calls = 0
    const guard = writ(options)({ resource: 'files' })
    app.get('/', (req, res, next) => {
      guard(req, res, ((error?: unknown) => {
        calls++
        next(error)
      }) as typeof next)
    })
    app.get('/', () => {
      ran.push('handler')
      throw new Error('broken')
    })
    const { send } = await serve(app)
    expect((await send('/', { headers })).status).toBe(500)
    expect([ran, calls]).toEqual([['handler'], 1])
  })
})

describe.each(versions)('an allowed request on %s', (_name, express) => {
  const byHeader = writ({ ...options, tokenFrom: { header: 'x-capability' } })({ resource: 'files' })
  const cacheControl = async (guard: RequestHandler, sent: Record<string, string>, handle: RequestHandler) => {
    const app = express()
    app.get('/', guard, handle)
    const { send } = await serve(app)
    const answer = await send('/', { headers: sent })
    return [answer.status, answer.headers['cache-control']]
  }
  const own: RequestHandler = (_req, res) => void res.set('Cache-Control', 'max-age=60').send('ok')
  const none: RequestHandler = (_req, res) => void res.send('ok')

  it('an allowed request with the token in its own header is answered with Cache-Control: private, unless the handler sets another', async () => {
    const guard = byHeader as RequestHandler
    expect(await cacheControl(guard, { 'x-capability': token }, none)).toEqual([200, 'private'])
    expect(await cacheControl(guard, { 'x-capability': token }, own)).toEqual([200, 'max-age=60'])
  })

  it('an allowed request with the token in Authorization gets no Cache-Control from the guard', async () => {
    const guard = writ(options)({ resource: 'files' }) as RequestHandler
    expect(await cacheControl(guard, headers, none)).toEqual([200, undefined])
  })
})
