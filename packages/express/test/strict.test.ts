import { generateKeyPair } from '@writ/core'
import type { ErrorRequestHandler, RequestHandler } from 'express'
// @ts-expect-error: has no types
import methodOverride from 'method-override'
import { describe, expect, it } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'
import { versions } from './express-target.ts'

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
const ADVICE = 'is not guarded: put a guard before it, or name it in opaque'

function problems(app: Parameters<typeof assertGuarded>[0], options?: Parameters<typeof assertGuarded>[1]): string[] {
  try {
    assertGuarded(app, options)
    return []
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
  }
}

describe.each(versions)('assertGuarded with strict on %s', (_name, express) => {
  it('strict reports every handler in use() that is not guarded, public, opaque or an error handler', () => {
    const app = express()
    app.use(parse, fail)
    app.use(express.json())
    app.use('/static', guard.public(), express.static('.'))
    app.use('/files', read, express.static('.'))
    app.use(invoices())
    app.use(parse, read)
    expect(problems(app)).toEqual([])
    expect(problems(app, { strict: true })).toEqual([
      `use / (parse) ${ADVICE}`,
      `use / (jsonParser) ${ADVICE}`,
      `use /files (read) ${ADVICE}`,
      `use /files (serveStatic) ${ADVICE}`,
    ])
    expect(problems(app, { strict: true, opaque: ['jsonParser', parse, '/files'] })).toEqual([])
  })

  it('strict reports a router behind a function, which it cannot look into', () => {
    const app = express()
    const router = express.Router().get('/secret', read)
    app.use('/hidden', function lazily(req, res, next) {
      router(req, res, next)
    })
    expect(problems(app, { strict: true })).toEqual([`use /hidden (lazily) ${ADVICE}`])
  })

  it('strict reports a handler that rewrites the URL past a guard in use(path)', () => {
    const app = express()
    app.use('/:tenantId', invoices())
    app.use(function collapse(req, _res, next) {
      req.url = req.url.replace(/\/+/g, '/')
      next()
    })
    app.get('/:tenantId/invoices', read)
    expect(problems(app)).toEqual([])
    expect(problems(app, { strict: true })).toEqual([`use / (collapse) ${ADVICE}`])
  })

  it('strict reports a handler of a route that may answer before the guard of the route', () => {
    const app = express()
    app.post('/invoices', express.json(), parse, invoices(), parse, read)
    expect(problems(app)).toEqual([])
    expect(problems(app, { strict: true })).toEqual(['POST /invoices (jsonParser) is not guarded'])
    expect(problems(app, { strict: true, opaque: ['jsonParser', parse] })).toEqual([])
  })

  it('strict reports callbacks of param() that run before the guard', () => {
    const load = (_req: unknown, _res: unknown, next: () => void) => next()
    const app = express()
    app.param('tenantId', load)
    app.get('/:tenantId', invoices(), read)
    const router = express.Router()
    router.param('id', load)
    router.get('/:id', read)
    app.use('/items', invoices(), router)
    expect(problems(app)).toEqual([])
    expect(problems(app, { strict: true })).toEqual(['param tenantId (load) of / runs before the guard'])
    expect(problems(app, { strict: true, opaque: [load] })).toEqual([])
  })

  it('strict accepts a mounted app only if that has passed strictly too', () => {
    const [app, admin] = [express(), express()]
    admin.use('/files', read)
    app.use('/admin', admin)
    assertGuarded(admin)
    expect(problems(app)).toEqual([])
    expect(problems(app, { strict: true })).toEqual([
      'use /admin (mounted_app): a mounted app, call assertGuarded for it first or name it in opaque',
    ])
    assertGuarded(admin, { strict: true, opaque: [read] })
    expect(problems(app, { strict: true })).toEqual([])
  })
})

describe.each(versions)('assertGuarded and method-override on %s', (_name, express) => {
  const problem = '(methodOverride) changes the method that a guard in use() has decided about: put it before the guard'

  it('assertGuarded reports method-override after a guard in use(), strict or not, opaque or not', () => {
    const app = express()
    app.use('/api', invoices())
    app.use(methodOverride())
    app.use('/api', express.Router().use(methodOverride('_method')))
    expect(problems(app)).toEqual([`use / ${problem}`, `use /api ${problem}`])
    expect(problems(app, { opaque: ['methodOverride'] })).toEqual([`use / ${problem}`, `use /api ${problem}`])
  })

  it('assertGuarded accepts method-override before the guards', () => {
    const app = express()
    app.use(methodOverride())
    app.use(invoices())
    app.delete('/invoices', read)
    app.use(express.Router().use(invoices()))
    expect(problems(app)).toEqual([])
    expect(problems(app, { strict: true, opaque: ['methodOverride'] })).toEqual([])
  })
})
