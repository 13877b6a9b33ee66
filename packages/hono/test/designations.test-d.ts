import { type Context, Hono } from 'hono'
import { hc } from 'hono/client'
import { cors } from 'hono/cors'
import { validator } from 'hono/validator'
import { expectTypeOf, test } from 'vitest'
import {
  type AttachedCapability,
  capability,
  type DesignatedCapability,
  type HonoGuard,
  optionalCapability,
  type WritOptions,
  writ,
} from '../src/index.ts'

interface Env {
  Bindings: { WRIT_PUBLIC_KEY: string }
  Variables: { user: string }
}

declare const guard: HonoGuard<Env>
declare const options: WritOptions<Env>
const plain = writ({ keys: '', anchor: null })
const demands = { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } as const

test('behind its guard, a handler reads the labels that the guard demands as texts', () => {
  const invoices = guard.with({ resource: 'invoices', designate: ['tenantId'] })
  new Hono<Env>()
    .get('/:tenantId/invoices/:invoiceId', invoices({ designate: ['invoiceId'] }), (c) => {
      const { designations } = capability(c)
      expectTypeOf(designations.tenantId).toEqualTypeOf<string>()
      expectTypeOf(designations.invoiceId).toEqualTypeOf<string>()
      expectTypeOf(designations['userId']).toEqualTypeOf<string | undefined>()
      // @ts-expect-error: the guard demands no such label
      designations.userId.trim()
      expectTypeOf(optionalCapability(c)?.designations.tenantId).toEqualTypeOf<string | undefined>()
      expectTypeOf(c.req.param('invoiceId')).toEqualTypeOf<string>()
      expectTypeOf(c.var.user).toEqualTypeOf<string>()
      return c.text(designations.invoiceId)
    })
    .get(
      '/:tenantId',
      cors(),
      guard({ resource: 'invoices', designate: { tenantId: 'tenantId', user: (_view, c) => c.var.user } }),
      async (c) => c.text(capability(c).designations.user),
    )
  new Hono().get('/:id', plain({ resource: 'invoices', designate: ['id'] }), (c) =>
    c.text(capability(c).designations.id),
  )
})

test('labels that a token may leave unbound may be missing', () => {
  new Hono<Env>()
    .get('/a/:tenantId/:invoiceId', guard({ ...demands, allowUndesignated: ['invoiceId'] }), (c) => {
      expectTypeOf(capability(c).designations.tenantId).toEqualTypeOf<string>()
      expectTypeOf(capability(c).designations.invoiceId).toEqualTypeOf<string | undefined>()
      return c.text('ok')
    })
    .get('/b/:tenantId/:invoiceId', guard({ ...demands, allowUndesignated: true }), (c) => {
      // @ts-expect-error: a token that names no tenant passes
      capability(c).designations.tenantId.trim()
      return c.text('ok')
    })
})

test('a guard that may only report promises no label', () => {
  const reporting = writ<Env>((c) => ({ keys: c.env.WRIT_PUBLIC_KEY, anchor: null, mode: 'report' }))
  for (const one of [reporting, writ(options)]) {
    new Hono<Env>().get('/:tenantId/:invoiceId', one(demands), (c) => {
      expectTypeOf(capability(c).designations.tenantId).toEqualTypeOf<string | undefined>()
      return c.text('ok')
    })
  }
})

test('of several requirements no label is certain', () => {
  new Hono<Env>().get(
    '/:tenantId',
    guard([{ resource: 'invoices', designate: ['tenantId'] }, { resource: 'audit' }]),
    (c) => {
      expectTypeOf(capability(c)).toEqualTypeOf<AttachedCapability>()
      return c.text('ok')
    },
  )
})

test('two guards add up', () => {
  new Hono<Env>().get(
    '/:a/:b',
    plain({ resource: 'x', designate: ['a'] }),
    guard({ resource: 'x', designate: ['b'] }),
    (c) => {
      const { designations } = capability(c)
      return c.text(designations.a + designations.b)
    },
  )
})

test('a guard in use() says nothing of handlers elsewhere: they name the labels, which are then checked', () => {
  new Hono<Env>().use('/x/:tenantId/*', guard(demands)).get('/y', plain.public(), (c) => {
    // @ts-expect-error: that guard does not stand before this handler
    capability(c).designations.tenantId.trim()
    expectTypeOf(capability(c, ['tenantId'])).toEqualTypeOf<DesignatedCapability<'tenantId'>>()
    return c.text(capability(c, ['tenantId']).designations.tenantId)
  })
  function read(c: Context<Env>) {
    expectTypeOf(capability(c)).toEqualTypeOf<AttachedCapability>()
    return c.text(capability(c, ['tenantId']).designations.tenantId)
  }
  new Hono<Env>().get('/:tenantId/:invoiceId', guard(demands), read)
})

test('a guard changes no type of the app and its client, beside validators too', () => {
  const json = validator('json', (value: unknown) => ({ text: String(value) }))
  const open = new Hono<Env>().post('/:tenantId', json, (c) => c.json(c.req.valid('json')))
  const before = new Hono<Env>().post('/:tenantId', guard({ resource: 'x', designate: ['tenantId'] }), json, (c) =>
    c.json(c.req.valid('json'), { headers: { tenant: capability(c).designations.tenantId } }),
  )
  const behind = new Hono<Env>().post('/:tenantId', json, guard({ resource: 'x', designate: ['tenantId'] }), (c) =>
    c.json(c.req.valid('json'), { headers: { tenant: capability(c).designations.tenantId } }),
  )
  expectTypeOf(hc<typeof before>('')).toEqualTypeOf(hc<typeof open>(''))
  expectTypeOf(hc<typeof behind>('')).toEqualTypeOf(hc<typeof open>(''))
})

test('what a guard demands is still checked', () => {
  // @ts-expect-error: a misspelt key
  guard({ resource: 'invoices', designates: ['tenantId'] })
  // @ts-expect-error: no resource
  guard({ designate: ['tenantId'] })
})
