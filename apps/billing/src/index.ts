export { ANCHOR, type CreateAppOptions, createApp } from './create-app.ts'
export {
  createInvoiceStore,
  createSampleInvoices,
  type Invoice,
  type InvoiceStore,
  type NewInvoice,
} from './invoices.ts'
export type { Log } from './log.ts'
