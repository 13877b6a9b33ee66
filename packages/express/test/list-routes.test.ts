import { generateKeyPair } from '@writ/core'
import type { RequestHandler } from 'express'
import { describe, expect, it } from 'vitest'
import { assertGuarded, type ListedRoute, listRoutes, type RouteGuard, writ } from '../src/index.ts'
import { express5, versions } from './express-target.ts'

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey, anchor: null })
const read: RequestHandler = (_req, res) => {
  res.end()
}
const parse: RequestHandler = (_req, _res, next) => next()

/** A guard as short text: `invoices:read(tenantId)`. */
function textOf(one: RouteGuard): string {
  if (typeof one === 'string') return one
  if ('anyOf' in one) return `(${one.anyOf.map(textOf).join(' | ')})`
  if ('allOf' in one) return one.allOf.map(textOf).join(' & ')
  return `${one.resource}:${one.operation}(${Object.keys(one.designate)})`
}
const lines = (rows: readonly ListedRoute[]) => rows.map((row) => `${row.method} ${row.path} ${textOf(row.guard)}`)

describe.each(versions)('listRoutes on %s', (name, express) => {
  it('listRoutes lists each route in the order of registration, with the operation that follows from its method', () => {
    const app = express()
    app.use(express.json())
    app.get('/healthz', guard.public(), read)
    app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), read)
    app.post('/:tenantId/invoices', parse, guard({ resource: 'invoices', designate: ['tenantId'] }), parse, read)
    app.delete('/a', guard({ resource: 'a', operation: 'purge' }), read)
    app.put('/b', guard([{ resource: 'b' }, { resource: 'admin', operation: 'b' }]), read)
    app.all('/c', guard({ resource: 'c' }), read)
    app.get('/open', parse, read)
    expect(lines(listRoutes(app))).toEqual([
      'GET /healthz public',
      'GET /:tenantId/invoices invoices:read(tenantId)',
      'POST /:tenantId/invoices invoices:write(tenantId)',
      'DELETE /a a:purge()',
      'PUT /b (b:write() | admin:b())',
      'ALL /c c:undefined()',
      'GET /open unguarded',
    ])
  })

  it('listRoutes lists every guard that must pass, of routers and of use() too', () => {
    const app = express()
    const router = express.Router({ mergeParams: true })
    router.use(guard([{ resource: 'staff' }, { resource: 'audit' }]))
    router
      .route('/:id')
      .all(guard({ resource: 'invoices', designate: ['id'] }))
      .get(read)
      .put(read)
    app.use(guard({ resource: 'tenants', operation: 'enter' }))
    app.use(router)
    app.get('/late', read)
    expect(lines(listRoutes(app))).toEqual([
      'GET /:id tenants:enter() & (staff:read() | audit:read()) & invoices:read(id)',
      'PUT /:id tenants:enter() & (staff:write() | audit:write()) & invoices:write(id)',
      'GET /late tenants:enter()',
    ])
  })

  it('listRoutes lists a route as unguarded unless its guard comes before every handler that may answer', () => {
    const app = express()
    app.get('/late', read, guard({ resource: 'files' }), parse)
    app.get('/early', guard({ resource: 'files' }), read)
    app.get(/^\/files\/(\d+)$/, read)
    app.get(/^\/docs\//, guard({ resource: 'docs' }), read)
    expect(lines(listRoutes(app))).toEqual([
      'GET /late unguarded',
      'GET /early files:read()',
      'GET /^\\/files\\/(\\d+)$/ unguarded',
      'GET /^\\/docs\\// docs:read()',
    ])
  })

  it('listRoutes lists a mounted app as unknown until it has been asserted, and behind a guard by that guard', () => {
    const app = express()
    const inner = express()
    inner.get('/a', guard({ resource: 'a' }), read)
    app.use('/inner', inner)
    app.use('/other', express())
    expect(listRoutes(app).map((row) => row.guard)).toEqual(['unknown', 'unknown'])
    assertGuarded(inner)
    const [first, second] = listRoutes(app)
    expect(first?.method).toBe('GET')
    expect(textOf(first?.guard ?? 'unknown')).toBe('a:read()')
    expect(second?.guard).toBe('unknown')
    const guarded = express()
    guarded.use(guard({ resource: 'all' }))
    guarded.use('/other', express())
    expect(listRoutes(guarded).map((row) => textOf(row.guard))).toEqual(['all:undefined()'])
  })

  it('listRoutes lists handlers in use() that must answer, with strict all of them, and no public one as guarded', () => {
    const app = express()
    app.use(parse)
    app.use('/answer', read)
    app.use('/public', guard.public(), (_req, res) => void res.end())
    expect(listRoutes(app).map((row) => row.guard)).toEqual(['unguarded', 'public'])
    expect(listRoutes(app, { strict: true }).map((row) => row.guard)).toEqual(['unguarded', 'unguarded', 'public'])
  })

  it(`what listRoutes calls unguarded is what assertGuarded refuses, on ${name}`, () => {
    const app = express()
    app.get('/open', read)
    expect(listRoutes(app).some((row) => row.guard === 'unguarded')).toBe(true)
    expect(() => assertGuarded(app)).toThrow('GET /open (read) is not guarded')
    const guarded = express()
    guarded.get('/closed', guard({ resource: 'files' }), read)
    assertGuarded(guarded)
    expect(listRoutes(guarded).some((row) => row.guard === 'unguarded')).toBe(false)
  })
})

it('listRoutes throws a TypeError for what is no app, and for options that there are not', () => {
  expect(() => listRoutes({} as never)).toThrow(new TypeError('app: must be an Express app or router'))
  expect(() => listRoutes(express5(), { strct: true } as never)).toThrow(TypeError)
})

it('rows of listRoutes cannot be changed', () => {
  const app = express5()
  app.get('/a', guard([{ resource: 'a' }, { resource: 'b' }]), read)
  const rows = listRoutes(app)
  expect([rows, rows[0], rows[0]?.guard].every(Object.isFrozen)).toBe(true)
})
