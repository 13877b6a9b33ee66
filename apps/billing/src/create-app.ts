import type { Keys, RevocationCheck } from '@writ/core/verify'
import { assertGuarded, writ } from '@writ/express'
import express, { type Express } from 'express'
import { type Log, logDecisions } from 'service-kit'
import { answerErrors, notFound } from './answer-errors.ts'
import { createInvoiceStore, type InvoiceStore } from './invoices.ts'
import { invoiceRoutes } from './routes/invoices.ts'
import { orderRoutes } from './routes/orders.ts'

export interface CreateAppOptions {
  /** The authority's public key, or several. */
  readonly keys: Keys
  /** Default: an empty store. */
  readonly invoices?: InvoiceStore
  /** Default: nothing is revoked. */
  readonly revocation?: RevocationCheck
  /** Called with one entry per decision and per failure. Default: nothing is logged. */
  readonly log?: Log
  /** The clock of the guard, in Unix seconds. Default: the system's. */
  readonly now?: () => number
}

/** The name that a capability must be anchored to. */
export const ANCHOR = 'service:billing'

/**
 * The billing service, ready to listen. Throws a `TypeError` for keys that are none, and if a route were left without a
 * guard.
 */
export function createApp(options: CreateAppOptions): Express {
  const { keys, now, invoices = createInvoiceStore(), revocation, log = () => {} } = options
  const verifier = { keys, anchor: ANCHOR, revocation, now, onDecision: logDecisions('billing', log) }
  const guard = writ(verifier)
  // Who holds a right for all tenants can choose the object. Of what is paid, only the authority's word counts.
  const byAuthority = writ({ ...verifier, designatedBy: 'authority' })

  const app = express()
  app.disable('x-powered-by')
  app.get('/healthz', guard.public(), (_req, res) => {
    res.json({ status: 'ok' })
  })
  invoiceRoutes(app, guard, byAuthority, invoices)
  orderRoutes(app, guard, invoices)
  app.use(notFound)
  app.use(answerErrors(log))

  assertGuarded(app)
  return app
}
