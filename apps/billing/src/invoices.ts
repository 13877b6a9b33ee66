/** What a caller says of a new invoice. */
export interface NewInvoice {
  readonly customer: string
  /** In the smallest unit of the currency. */
  readonly amountCents: number
  /** ISO 4217. */
  readonly currency: string
}

/** A thing of an order. */
export interface Line {
  readonly sku: string
  readonly quantity: number
  readonly unitCents: number
}

export interface Invoice extends Omit<NewInvoice, 'customer'> {
  /** Unique within its tenant: every tenant begins at 1001. */
  readonly id: string
  /** Only of invoices that came by `POST`. */
  readonly customer?: string
  /** Only of invoices that belong to an order; the amount is the sum of their lines. */
  readonly orderId?: string
  readonly lines?: readonly Line[]
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
  /** Puts a line on the invoice of an order, in place of the one of the same SKU; the first line makes the invoice. */
  putLine(tenantId: string, orderId: string, line: Line): Invoice | 'paid already'
}

const FIRST_ID = 1001
/** What prices of stock are in. */
const ORDER_CURRENCY = 'EUR'

/** An empty store. Tenants need no set-up: one exists as soon as it has an invoice. */
export function createInvoiceStore(): InvoiceStore {
  // Every id comes from a URL, so a plain object would answer for `constructor`.
  const tenants = new Map<string, Map<string, Invoice>>()
  const invoicesOf = (tenantId: string) => tenants.get(tenantId) ?? new Map<string, Invoice>()
  const find = (tenantId: string, invoiceId: string) => tenants.get(tenantId)?.get(invoiceId)

  function save(tenantId: string, invoice: Invoice): Invoice {
    tenants.set(tenantId, invoicesOf(tenantId).set(invoice.id, invoice))
    return invoice
  }
  const nextId = (tenantId: string) => String(FIRST_ID + invoicesOf(tenantId).size)

  return {
    list: (tenantId) => [...invoicesOf(tenantId).values()],
    find,
    create(tenantId, { customer, amountCents, currency }) {
      return save(tenantId, { id: nextId(tenantId), customer, amountCents, currency, status: 'open' })
    },
    pay(tenantId, invoiceId, paidBy) {
      const invoice = find(tenantId, invoiceId)
      if (invoice?.status !== 'open') return invoice && 'paid already'
      return save(tenantId, { ...invoice, status: 'paid', paidBy })
    },
    putLine(tenantId, orderId, line) {
      const invoice = [...invoicesOf(tenantId).values()].find((one) => one.orderId === orderId)
      if (invoice?.status === 'paid') return 'paid already'
      const lines = [...(invoice?.lines ?? []).filter(({ sku }) => sku !== line.sku), line]
      const amountCents = lines.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0)
      const id = invoice?.id ?? nextId(tenantId)
      return save(tenantId, { id, orderId, lines, amountCents, currency: ORDER_CURRENCY, status: 'open' })
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
