export { ANCHOR, type CreateAppOptions, createApp } from './create-app.ts'
export {
  createInvoiceStore,
  createSampleInvoices,
  type Invoice,
  type InvoiceStore,
  type Line,
  type NewInvoice,
} from './invoices.ts'
