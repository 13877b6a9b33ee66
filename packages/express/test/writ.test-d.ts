import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express'
import { expectTypeOf, test } from 'vitest'
import { type ExpressGuard, type GuardDescription, type GuardHandler, requirementOf } from '../src/index.ts'

declare const guard: ExpressGuard
declare const parse: RequestHandler
const app = express()

test('a guard keeps the names and types of the params of its route', () => {
  app.get('/:tenantId/invoices/:invoiceId', guard({ resource: 'invoices' }), (req) => {
    expectTypeOf(req.params).toExtend<{ tenantId: string; invoiceId: string }>()
    expectTypeOf(req.params.invoiceId).toEqualTypeOf<string>()
    // @ts-expect-error: the route has no such param
    req.params.invoice
  })
  app.post('/:tenantId', express.json(), guard({ resource: 'invoices' }), (req) => {
    expectTypeOf(req.params.tenantId).toEqualTypeOf<string>()
    // @ts-expect-error: the route has no such param
    req.params.id
  })
  app.get('/files/*path', guard.public(), (req) => {
    expectTypeOf(req.params.path).toEqualTypeOf<string[]>()
  })
  const invoices = guard.with({ resource: 'invoices' })
  app
    .route('/:id')
    .all(invoices())
    .get(invoices({ designate: ['id'] }), (req) => {
      expectTypeOf(req.params.id).toEqualTypeOf<string>()
      // @ts-expect-error: the route has no such param
      req.params.ids
    })
})

test('a guard keeps what a route says of its body, query, answer and locals', () => {
  interface Locals {
    user: string
  }
  app.get<{ id: string }, { ok: boolean }, { name: string }, { q: string }, Locals>(
    '/:id',
    guard.public(),
    (req, res) => {
      expectTypeOf(req.params).toEqualTypeOf<{ id: string }>()
      expectTypeOf(req.body).toEqualTypeOf<{ name: string }>()
      expectTypeOf(req.query).toEqualTypeOf<{ q: string }>()
      expectTypeOf(res.locals.user).toEqualTypeOf<string>()
      res.json({ ok: true })
      // @ts-expect-error: not what the route answers
      res.json({ ok: 'yes' })
    },
  )
})

test('a guard stands wherever Express takes a handler', () => {
  app.use(guard.public())
  app.use('/api', guard.public(), express.Router())
  app.all('/x', [guard.public(), parse])
  express
    .Router({ mergeParams: true })
    .get('/:id', guard.public(), (req: Request<{ id: string; tenantId: string }>) => {
      expectTypeOf(req.params.tenantId).toEqualTypeOf<string>()
    })
  expectTypeOf<GuardHandler>().toExtend<RequestHandler>()
  expectTypeOf<GuardHandler>().not.toExtend<ErrorRequestHandler>()
})

test('a designate function gets the request of Express', () => {
  guard({
    resource: 'invoices',
    designate: {
      tenantId: (_request, req) => {
        expectTypeOf(req).toEqualTypeOf<Request>()
        return req.get('x-tenant')
      },
    },
  })
})

test('requirementOf tells what there may be', () => {
  expectTypeOf(requirementOf(guard.public())).toEqualTypeOf<GuardDescription | undefined>()
})
