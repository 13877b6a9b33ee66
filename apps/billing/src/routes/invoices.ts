import { capability, type ExpressGuard } from '@writ/express'
import { json, type Router } from 'express'
import { body, Problem, parseBody, wholeNumber } from 'service-kit'
import { maxLength, pipe, regex, string } from 'valibot'
import type { InvoiceStore } from '../invoices.ts'

const CUSTOMER = 'must be a text of 1 to 200 characters'
const CURRENCY = 'must be three capital letters'
const NEW_INVOICE = body({
  customer: pipe(string(CUSTOMER), regex(/\S/, CUSTOMER), maxLength(200, CUSTOMER)),
  amountCents: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  currency: pipe(string(CURRENCY), regex(/^[A-Z]{3}$/, CURRENCY)),
})

/**
 * The invoices of a tenant. What each guard demands is read off its route: the tenant of the URL, and the invoice where
 * there is one, must be the ones that the token names. To pay, the authority itself must have named them.
 *
 * @param byAuthority - A guard with `designatedBy: 'authority'`.
 */
export function invoiceRoutes(
  router: Router,
  guard: ExpressGuard,
  byAuthority: ExpressGuard,
  store: InvoiceStore,
): void {
  const invoices = guard.with({ resource: 'invoices', designate: ['tenantId'] })
  const invoice = invoices.with({ designate: ['invoiceId'] })

  router.get('/:tenantId/invoices', invoices(), (req, res) => {
    res.json({ invoices: store.list(req.params.tenantId) })
  })

  // The body is parsed after the guard: strangers cause no work.
  router.post('/:tenantId/invoices', invoices(), json({ limit: '10kb' }), (req, res) => {
    const { tenantId } = req.params
    const created = store.create(tenantId, parseBody(NEW_INVOICE, req.body))
    res
      .status(201)
      .location(`/${encodeURIComponent(tenantId)}/invoices/${created.id}`)
      .json(created)
  })

  router.get('/:tenantId/invoices/:invoiceId', invoice(), (req, res) => {
    const { tenantId, invoiceId } = req.params
    res.json(existing(store.find(tenantId, invoiceId)))
  })

  const pay = byAuthority({ resource: 'invoices', operation: 'pay', designate: ['tenantId', 'invoiceId'] })

  router.post('/:tenantId/invoices/:invoiceId/pay', pay, (req, res) => {
    const { tenantId, invoiceId } = req.params
    const paid = existing(store.pay(tenantId, invoiceId, capability(req).subject))
    if (paid === 'paid already') throw new Problem(409, 'the invoice is paid already')
    res.json(paid)
  })
}

function existing<T>(found: T | undefined): T {
  if (found === undefined) throw new Problem(404, 'there is no such invoice')
  return found
}
