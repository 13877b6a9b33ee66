import express, { type Request, type Response } from 'express'
import { expectTypeOf, test } from 'vitest'
import {
  type AttachedCapability,
  capability,
  type DesignatedCapability,
  type ExpressGuard,
  optionalCapability,
  type WritOptions,
  writ,
} from '../src/index.ts'

declare const guard: ExpressGuard
declare const options: WritOptions
const app = express()

test('behind its guard, a handler reads the labels that the guard demands as texts', () => {
  const invoices = guard.with({ resource: 'invoices', designate: ['tenantId'] })
  app.get('/:tenantId/invoices/:invoiceId', invoices({ designate: ['invoiceId'] }), (req, res) => {
    const { designations, subject } = capability(req)
    expectTypeOf(designations.tenantId).toEqualTypeOf<string>()
    expectTypeOf(designations.invoiceId).toEqualTypeOf<string>()
    expectTypeOf(designations['userId']).toEqualTypeOf<string | undefined>()
    expectTypeOf(subject).toEqualTypeOf<string>()
    expectTypeOf(req.params.invoiceId).toEqualTypeOf<string>()
    // @ts-expect-error: the guard demands no such label
    designations.userId.trim()
    expectTypeOf(optionalCapability(req)?.designations.tenantId).toEqualTypeOf<string | undefined>()
    res.locals['user'].name = 'alice'
  })
  app.post(
    '/:tenantId',
    express.json(),
    guard({ resource: 'invoices', designate: { tenantId: 'tenantId', region: (_view, req) => req.get('region') } }),
    async (req) => {
      expectTypeOf(capability(req).designations.region).toEqualTypeOf<string>()
      // @ts-expect-error: the guard demands no such label
      capability(req).designations.invoiceId.trim()
    },
  )
})

test('labels that a token may leave unbound may be missing', () => {
  const demands = { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } as const
  app.get('/a/:tenantId/:invoiceId', guard({ ...demands, allowUndesignated: ['invoiceId'] }), (req) => {
    expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string>()
    expectTypeOf(capability(req).designations.invoiceId).toEqualTypeOf<string | undefined>()
  })
  app.get('/b/:tenantId/:invoiceId', guard({ ...demands, allowUndesignated: true }), (req) => {
    expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string | undefined>()
    // @ts-expect-error: a token that names no tenant passes
    capability(req).designations.tenantId.trim()
  })
  const loose = guard.with({ ...demands, allowUndesignated: true })
  app.get('/c/:tenantId/:invoiceId', loose(), (req) => {
    expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string | undefined>()
  })
  app.get('/d/:tenantId/:invoiceId', loose({ allowUndesignated: false }), (req) => {
    expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string>()
  })
  const decided: boolean = Math.random() > 1
  app.get('/e/:tenantId/:invoiceId', guard({ ...demands, allowUndesignated: decided }), (req) => {
    expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string | undefined>()
  })
})

test('a guard that may only report promises no label', () => {
  const demands = { resource: 'invoices', designate: ['tenantId'] } as const
  const enforcing = writ({ keys: '', anchor: null, mode: 'enforce' })
  app.get('/:tenantId', enforcing(demands), (req) => {
    expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string>()
  })
  for (const reporting of [writ({ keys: '', anchor: null, mode: 'report' }), writ(options)]) {
    app.get('/:tenantId', reporting(demands), (req) => {
      expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string | undefined>()
    })
  }
})

test('of several requirements no label is certain', () => {
  app.get('/:tenantId', guard([{ resource: 'invoices', designate: ['tenantId'] }, { resource: 'audit' }]), (req) => {
    expectTypeOf(capability(req)).toEqualTypeOf<AttachedCapability>()
    // @ts-expect-error: the second demands none
    capability(req).designations.tenantId.trim()
  })
})

test('a second guard does not take the labels of the first away', () => {
  const second = guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'], subject: 'alice' })
  app.get('/:tenantId/:invoiceId', guard({ resource: 'invoices', designate: ['tenantId'] }), second, (req) => {
    expectTypeOf(capability(req).designations.tenantId).toEqualTypeOf<string>()
  })
  app.get('/:tenantId/:id', guard.public(), guard({ resource: 'invoices', designate: ['id'] }), (req) => {
    expectTypeOf(capability(req).designations.id).toEqualTypeOf<string>()
  })
})

test('elsewhere a handler names the labels, which are then checked', () => {
  function read(req: Request, res: Response): void {
    expectTypeOf(capability(req)).toEqualTypeOf<AttachedCapability>()
    // @ts-expect-error: no guard is known here
    capability(req).designations.tenantId.trim()
    const named = capability(req, ['tenantId'])
    expectTypeOf(named).toEqualTypeOf<DesignatedCapability<'tenantId'>>()
    expectTypeOf(named.designations.tenantId).toEqualTypeOf<string>()
    // @ts-expect-error: not named
    named.designations.invoiceId.trim()
    res.end()
  }
  app.get('/:tenantId', guard({ resource: 'invoices', designate: ['tenantId'] }), read)
  app.use('/:tenantId', guard({ resource: 'invoices', designate: ['tenantId'] }), (req) => {
    expectTypeOf(capability(req, ['tenantId']).designations.tenantId).toEqualTypeOf<string>()
  })
})

test('what a guard demands is still checked', () => {
  // @ts-expect-error: a misspelt key
  guard({ resource: 'invoices', designates: ['tenantId'] })
  // @ts-expect-error: no resource
  guard({ designate: ['tenantId'] })
  // @ts-expect-error: no resource in the defaults either
  guard.with({ designate: ['tenantId'] })({ operation: 'read' })
  // @ts-expect-error: a designation is a text
  guard({ resource: 'invoices', designate: { tenantId: () => 7 } })
  guard.with({ designate: ['tenantId'] }).with({ resource: 'invoices' })()
})
