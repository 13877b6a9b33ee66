/** What a caller says of a new invoice. */
export interface NewInvoice {
  readonly customer: string
  /** In the smallest unit of the currency. */
  readonly amountCents: number
  /** ISO 4217. */
  readonly currency: string
}

export interface Invoice extends NewInvoice {
  /** Unique within its tenant: every tenant begins at 1001. */
  readonly id: string
  readonly status: 'open' | 'paid'
  /** The subject of the capability that paid it. */
  readonly paidBy?: string
}

/** Invoices by tenant, in memory; there is no way to ask for one without saying whose. */
export interface InvoiceStore {
  list(tenantId: string): readonly Invoice[]
  find(tenantId: string, invoiceId: string): Invoice | undefined
  create(tenantId: string, invoice: NewInvoice): Invoice
  /** Marks an open invoice as paid; `'paid already'` and `undefined` (there is none) change nothing. */
  pay(tenantId: string, invoiceId: string, paidBy: string): Invoice | 'paid already' | undefined
}

const FIRST_ID = 1001

/** An empty store. Tenants need no set-up: one exists as soon as it has an invoice. */
export function createInvoiceStore(): InvoiceStore {
  // Both ids come from URLs, so a plain object would answer for `constructor`.
  const tenants = new Map<string, Map<string, Invoice>>()
  const find = (tenantId: string, invoiceId: string) => tenants.get(tenantId)?.get(invoiceId)

  return {
    list: (tenantId) => [...(tenants.get(tenantId)?.values() ?? [])],
    find,
    create(tenantId, { customer, amountCents, currency }) {
      const invoices = tenants.get(tenantId) ?? new Map<string, Invoice>()
      const id = String(FIRST_ID + invoices.size)
      const invoice: Invoice = { id, customer, amountCents, currency, status: 'open' }
      tenants.set(tenantId, invoices.set(id, invoice))
      return invoice
    },
    pay(tenantId, invoiceId, paidBy) {
      const invoice = find(tenantId, invoiceId)
      if (invoice?.status !== 'open') return invoice && 'paid already'
      const paid: Invoice = { ...invoice, status: 'paid', paidBy }
      tenants.get(tenantId)?.set(invoiceId, paid)
      return paid
    },
  }
}

/** A store with something to look at: two tenants whose invoices have the same ids. */
export function createSampleInvoices(): InvoiceStore {
  const store = createInvoiceStore()
  store.create('acme', { customer: 'Initech', amountCents: 12_000, currency: 'EUR' })
  store.create('acme', { customer: 'Hooli', amountCents: 4_950, currency: 'EUR' })
  store.create('globex', { customer: 'Umbrella', amountCents: 880_000, currency: 'USD' })
  return store
}
