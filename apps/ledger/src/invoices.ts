import type { Query, Row } from './database/ledger.ts'

/** What a caller says of a new invoice. */
export interface NewInvoice {
  readonly customer: string
  /** In the smallest unit of the currency. */
  readonly amountCents: number
  /** ISO 4217. */
  readonly currency: string
}

const COLUMNS = 'id, tenant_id as "tenantId", customer, amount_cents::integer as "amountCents", currency'

/**
 * The invoices of a tenant. **The condition on the tenant was forgotten, on purpose**: what is shown is up to the database.
 */
export function listInvoices(query: Query): Promise<readonly Row[]> {
  return query(`select ${COLUMNS} from invoices order by id`)
}

/**
 * The invoices of a tenant whose customer has a text in its name. **This is an SQL injection, on purpose**: the text is a part of
 * the statement. Never write it so; the demo shows what it costs with and without a database that guards its rows.
 */
export function searchInvoices(query: Query, tenantId: string, text: string): Promise<readonly Row[]> {
  const matching = `tenant_id = $1 and customer ilike '%${text}%'`
  return query(`select ${COLUMNS} from invoices where ${matching}`, [tenantId])
}

export async function addInvoice(query: Query, tenantId: string, invoice: NewInvoice): Promise<void> {
  const { customer, amountCents, currency } = invoice
  await query('insert into invoices (tenant_id, customer, amount_cents, currency) values ($1, $2, $3, $4)', [
    tenantId,
    customer,
    amountCents,
    currency,
  ])
}

/** Where a tenant is paid; `undefined` if that is not known. */
export async function findAccount(query: Query, tenantId: string): Promise<Row | undefined> {
  const [account] = await query('select iban from accounts where tenant_id = $1', [tenantId])
  return account
}
