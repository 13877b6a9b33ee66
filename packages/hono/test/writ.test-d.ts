import { type Context, Hono } from 'hono'
import { hc, type InferResponseType } from 'hono/client'
import { expectTypeOf, test } from 'vitest'
import { capability, type GuardDescription, type HonoGuard, requirementOf, writ } from '../src/index.ts'

interface Env {
  Bindings: { WRIT_PUBLIC_KEY: string }
  Variables: { user: string }
}

declare const plain: HonoGuard
const guard = writ<Env>((c) => {
  expectTypeOf(c.env).toEqualTypeOf<{ WRIT_PUBLIC_KEY: string }>()
  return { keys: c.env.WRIT_PUBLIC_KEY, anchor: null }
})

test('a guard keeps the names and types of the params of its route', () => {
  new Hono<Env>()
    .get('/:tenantId/invoices/:invoiceId', guard({ resource: 'invoices' }), (c) => {
      expectTypeOf(c.req.param('invoiceId')).toEqualTypeOf<string>()
      const params: { tenantId: string; invoiceId: string } = c.req.param()
      expectTypeOf(params).not.toBeAny()
      // @ts-expect-error: the route has no such param
      c.req.param('invoice').trim()
      return c.text('ok')
    })
    .post('/:tenantId?', guard.public(), guard({ resource: 'invoices' }), (c) => {
      expectTypeOf(c.req.param('tenantId')).toEqualTypeOf<string | undefined>()
      return c.text('ok')
    })
})

test('a guard keeps the bindings and variables of its app', () => {
  new Hono<Env>().use(guard.public()).get('/', guard({ resource: 'invoices' }), (c) => {
    expectTypeOf(c.env).toEqualTypeOf<{ WRIT_PUBLIC_KEY: string }>()
    expectTypeOf(c.var.user).toEqualTypeOf<string>()
    // @ts-expect-error: there is no such binding
    c.env.OTHER
    return c.text('ok')
  })
})

test('a guard without an environment fits every app, and changes none', () => {
  const any = writ({ keys: '', anchor: null })
  new Hono<Env>().get('/:id', any({ resource: 'invoices' }), plain.public(), (c) => {
    expectTypeOf(c.env.WRIT_PUBLIC_KEY).toEqualTypeOf<string>()
    expectTypeOf(c.req.param('id')).toEqualTypeOf<string>()
    return c.text('ok')
  })
  new Hono().get('/', any.public(), (c) => c.text('ok'))
})

test('the typed client of a guarded app is that of the app without guards', () => {
  const open = new Hono<Env>()
    .get('/:tenantId/invoices/:invoiceId', (c) => c.json({ id: c.req.param('invoiceId') }))
    .post('/invoices', (c) => c.json({ created: true }, 201))
  const guarded = new Hono<Env>()
    .get('/:tenantId/invoices/:invoiceId', guard({ resource: 'invoices' }), (c) => {
      expectTypeOf(capability(c).subject).toEqualTypeOf<string>()
      return c.json({ id: c.req.param('invoiceId') })
    })
    .post('/invoices', guard([{ resource: 'invoices' }]), (c) => c.json({ created: true }, 201))
  expectTypeOf(hc<typeof guarded>('')).toEqualTypeOf(hc<typeof open>(''))
  const client = hc<typeof guarded>('')
  const get = client[':tenantId'].invoices[':invoiceId'].$get
  expectTypeOf<InferResponseType<typeof get>>().toEqualTypeOf<{ id: string }>()
  expectTypeOf(get).parameter(0).toExtend<{ param: { tenantId: string; invoiceId: string } }>()
  // @ts-expect-error: the params are missing
  void get({})
})

test('a designate function gets the context of Hono', () => {
  guard({
    resource: 'invoices',
    designate: {
      tenantId: (_request, c) => {
        expectTypeOf(c).toEqualTypeOf<Context<Env>>()
        return c.var.user
      },
    },
  })
  // @ts-expect-error: a designation is a string
  guard({ resource: 'invoices', designate: { tenantId: () => 7 } })
  // @ts-expect-error: the resource is required
  guard({ operation: 'read' })
})

test('requirementOf tells what there may be, of handlers and of routes', () => {
  const app = new Hono<Env>().get('/', guard.public(), (c) => c.text('ok'))
  expectTypeOf(requirementOf(guard.public())).toEqualTypeOf<GuardDescription | undefined>()
  expectTypeOf(app.routes.map(requirementOf)).toEqualTypeOf<(GuardDescription | undefined)[]>()
})
