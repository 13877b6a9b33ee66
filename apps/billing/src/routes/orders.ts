import type { ExpressGuard } from '@writ/express'
import { json, type Router } from 'express'
import { body, Problem, parseBody, QUANTITY, wholeNumber } from 'service-kit'
import type { InvoiceStore } from '../invoices.ts'

const LINE = body({ quantity: QUANTITY, unitCents: wholeNumber(0, 10_000_000) })

/** Lines of the invoices that belong to orders: a token is for one tenant, one order and one SKU. */
export function orderRoutes(router: Router, guard: ExpressGuard, store: InvoiceStore): void {
  const line = guard({ resource: 'invoices', operation: 'write', designate: ['tenantId', 'orderId', 'sku'] })

  router.put('/:tenantId/orders/:orderId/items/:sku', line, json({ limit: '1kb' }), (req, res) => {
    const { tenantId, orderId, sku } = req.params
    const { quantity, unitCents } = parseBody(LINE, req.body)
    const put = store.putLine(tenantId, orderId, { sku, quantity, unitCents })
    if (put === 'paid already') throw new Problem(409, 'the invoice is paid already')
    // No more of the invoice than the token is for.
    res.json({ invoiceId: put.id, sku, quantity, unitCents })
  })
}
