import { CapabilityError, type Keys, type RevocationCheck } from '@writ/core/verify'
import { assertGuarded, capability, writ } from '@writ/hono'
import { PROBLEMS } from '@writ/http'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import {
  body,
  designated,
  type Log,
  logDecisions,
  logFailure,
  Problem,
  parseBody,
  problemAnswer,
  wholeNumber,
} from 'service-kit'
import { maxLength, minLength, pipe, regex, string } from 'valibot'
import { ANCHOR } from './anchor.ts'
import type { Ledger } from './database/ledger.ts'
import { addInvoice, findAccount, listInvoices, searchInvoices } from './invoices.ts'
import { SCHEMA } from './schema.ts'

export interface CreateAppOptions {
  readonly ledger: Ledger
  /** The authority's public keys. */
  readonly keys: Keys
  /** Default: nothing is revoked. */
  readonly revocation?: RevocationCheck
  /** Called with one entry per decision and per failure. Default: nothing is logged. */
  readonly log?: Log
  /** The clock of the guard, in Unix seconds. Default: the system's. */
  readonly now?: () => number
}

const CURRENCY = 'must be three capital letters'
const CUSTOMER = 'must be a text of 1 to 200 characters'
const NEW_INVOICE = body({
  customer: pipe(string(CUSTOMER), minLength(1, CUSTOMER), maxLength(200, CUSTOMER)),
  amountCents: wholeNumber(1, 1_000_000_000),
  currency: pipe(string(CURRENCY), regex(/^[A-Z]{3}$/, CURRENCY)),
})
const MAX_BODY = 10_240
/** SQLSTATE `insufficient_privilege`: a privilege that the role lacks, or a row that no policy permits. */
const NOT_PERMITTED = '42501'

/** The ledger service, ready to listen. Throws a `TypeError` for keys that are none, and if a route were left without a guard. */
export function createApp({ ledger, keys, revocation, now, log = () => {} }: CreateAppOptions): Hono {
  const onDecision = logDecisions('ledger', log)
  const guard = writ({ keys, revocation, now, anchor: ANCHOR, schema: SCHEMA, onDecision })
  const invoices = guard.with({ resource: 'ledger.invoices', designate: ['tenantId'] })
  const accounts = guard.with({ resource: 'ledger.accounts', designate: ['tenantId'] })

  const app = new Hono()
    .get('/healthz', guard.public(), (c) => c.json({ status: 'ok' }))
    .get('/:tenantId/invoices', invoices({ operation: 'read' }), async (c) =>
      c.json({ invoices: await ledger.present(capability(c).token, listInvoices) }),
    )
    .get('/:tenantId/invoices/search', invoices({ operation: 'read' }), async (c) => {
      const { tenantId } = designated(capability(c), ['tenantId'])
      const text = c.req.query('customer') ?? ''
      const found = await ledger.present(capability(c).token, (query) => searchInvoices(query, tenantId, text))
      return c.json({ invoices: found })
    })
    .post('/:tenantId/invoices', invoices({ operation: 'write' }), bodyLimit({ maxSize: MAX_BODY }), async (c) => {
      const { tenantId } = designated(capability(c), ['tenantId'])
      const invoice = parseBody(NEW_INVOICE, await c.req.json().catch(() => undefined))
      await ledger.present(capability(c).token, (query) => addInvoice(query, tenantId, invoice))
      return c.json({}, 201)
    })
    .get('/:tenantId/account', accounts({ operation: 'read' }), async (c) => {
      const { tenantId } = designated(capability(c), ['tenantId'])
      const account = await ledger.present(capability(c).token, (query) => findAccount(query, tenantId))
      if (account === undefined) throw new Problem(404, 'there is no such account')
      return c.json(account)
    })
  app.notFound(() => {
    throw new Problem(404, 'there is no such route')
  })
  app.onError((error, c) => {
    if (error instanceof CapabilityError) return c.newResponse(...refusedByDatabase(error))
    const { status, contentType, body } = problemAnswer(isNotPermitted(error) ? NOT_SHOWN : error)
    if (status >= 500) logFailure('ledger', log, error)
    return c.newResponse(body, status as 500, { 'Content-Type': contentType })
  })
  assertGuarded(app)
  return app
}

const NOT_SHOWN = new Problem(403, 'the database does not permit it')

function isNotPermitted(error: unknown): boolean {
  return error instanceof Error && (error as { readonly code?: unknown }).code === NOT_PERMITTED
}

/** The database proves the token once more, and knows more of it: what is revoked since, for example. */
function refusedByDatabase({ publicCode: code }: CapabilityError): [body: string, status: 403, Record<string, string>] {
  const { status, title } = PROBLEMS[code]
  const body = JSON.stringify({ type: `urn:writ:problem:${code}`, title, status, code })
  return [
    body,
    status as 403,
    { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' },
  ]
}
