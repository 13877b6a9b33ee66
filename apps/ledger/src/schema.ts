import { defineSchema, type Schema } from '@writ/core/verify'

const DEFINITION = {
  'ledger.invoices': { operations: { read: { required: ['tenantId'] }, write: { required: ['tenantId'] } } },
  'ledger.accounts': { operations: { read: { required: ['tenantId'] } } },
} as const

/** What capabilities for the ledger name. The guards and the policies of the database are made by it. */
export const SCHEMA: Schema<typeof DEFINITION> = defineSchema(DEFINITION)
