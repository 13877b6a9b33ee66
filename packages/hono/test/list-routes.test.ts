import { generateKeyPair } from '@writ/core'
import { type Context, Hono, type Next } from 'hono'
import { cors } from 'hono/cors'
import { expect, it } from 'vitest'
import { assertGuarded, type ListedRoute, listRoutes, type RouteGuard, writ } from '../src/index.ts'

const { publicKey } = await generateKeyPair()
const guard = writ({ keys: publicKey, anchor: null })
const read = (c: Context) => c.text('ok')
const pass = (_c: Context, next: Next) => next()

/** A guard as short text: `invoices:read(tenantId)`. */
function textOf(one: RouteGuard): string {
  if (typeof one === 'string') return one
  if ('anyOf' in one) return `(${one.anyOf.map(textOf).join(' | ')})`
  if ('allOf' in one) return one.allOf.map(textOf).join(' & ')
  return `${one.resource}:${one.operation}(${Object.keys(one.designate)})`
}
const lines = (rows: readonly ListedRoute[]) => rows.map((row) => `${row.method} ${row.path} ${textOf(row.guard)}`)

it('listRoutes lists each handler that may answer, with the operation that follows from its method', () => {
  const app = new Hono()
    .use(cors())
    .get('/healthz', guard.public(), read)
    .get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), pass, read)
    .post('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), read)
    .put('/b', guard([{ resource: 'b' }, { resource: 'admin', operation: 'b' }]), read)
    .all('/c', guard({ resource: 'c' }), read)
    .get('/open', read)
  expect(lines(listRoutes(app))).toEqual([
    'GET /healthz public',
    'GET /:tenantId/invoices invoices:read(tenantId)',
    'POST /:tenantId/invoices invoices:write(tenantId)',
    'PUT /b (b:write() | admin:b())',
    'ALL /c c:undefined()',
    'GET /open unguarded',
  ])
})

it('listRoutes lists sub-apps with their whole path, and every guard that must pass', () => {
  const inner = new Hono().basePath('/v1').get('/:id{[0-9]+}', guard({ resource: 'files', designate: ['id'] }), read)
  const app = new Hono()
    .basePath('/api')
    .use('/staff/*', guard([{ resource: 'staff' }, { resource: 'audit' }]))
    .route('/staff', inner)
    .route('/open', new Hono().get('/a', read))
  expect(lines(listRoutes(app))).toEqual([
    'GET /api/staff/v1/:id{[0-9]+} (staff:read() | audit:read()) & files:read(id)',
    'GET /api/open/a unguarded',
  ])
})

it('listRoutes lists a mount as unknown, or by the guard before it', () => {
  const mounted = () => new Response('ok')
  const app = new Hono()
    .use('/docs/*', guard.public())
    .use('/files/*', guard({ resource: 'files' }))
    .mount('/docs', mounted)
    .mount('/files', mounted)
    .mount('/other', mounted)
  expect(lines(listRoutes(app))).toEqual([
    'ALL /docs/* public',
    'ALL /files/* files:undefined()',
    'ALL /other/* unknown',
  ])
})

it('a guard that may miss requests of a handler is not listed before it', () => {
  const app = new Hono()
    .use('/:id{[0-9]+}/*', guard({ resource: 'files' }))
    .get('/:name/a', read)
    .post('/b', guard({ resource: 'b' }), read)
    .get('/b', read)
  expect(lines(listRoutes(app))).toEqual(['GET /:name/a unguarded', 'POST /b b:write()', 'GET /b unguarded'])
})

it('with strict listRoutes lists handlers that take next too, and what it calls unguarded assertGuarded refuses', () => {
  const app = new Hono().use(pass).get('/a', guard({ resource: 'a' }), read)
  expect(lines(listRoutes(app))).toEqual(['GET /a a:read()'])
  assertGuarded(app)
  expect(lines(listRoutes(app, { strict: true }))).toEqual(['ALL /* unguarded', 'GET /a a:read()'])
  expect(() => assertGuarded(app, { strict: true })).toThrow('ALL /* (pass) is not guarded')
})

it('listRoutes throws a TypeError for what is no app, and for options that there are not', () => {
  expect(() => listRoutes({} as never)).toThrow(new TypeError('app: must be a Hono app'))
  expect(() => listRoutes(new Hono(), { strct: true } as never)).toThrow(TypeError)
})
