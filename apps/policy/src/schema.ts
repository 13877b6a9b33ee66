import { defineSchema, type Schema } from '@writ/core'

const TARGETS = {
  orders: {
    operations: {
      read: { required: ['tenantId', 'orderId'], optional: ['userId'] },
      write: { required: ['tenantId', 'userId', 'orderId', 'sku'] },
    },
  },
  stock: {
    operations: {
      read: { required: ['tenantId', 'sku'] },
      reserve: { required: ['tenantId', 'orderId', 'sku'] },
    },
  },
  invoices: {
    operations: {
      read: { required: ['tenantId'], optional: ['invoiceId'] },
      write: { required: ['tenantId'], optional: ['orderId', 'sku'] },
      pay: { required: ['tenantId', 'invoiceId'] },
    },
  },
  revocations: { operations: { write: {} } },
} as const

/** The resources of the sample services, what can be done with them, and what a capability for that must name. */
export const SCHEMA: Schema<typeof TARGETS> = defineSchema(TARGETS)

/** The targets of {@link SCHEMA}, as a type. */
export type Targets = typeof TARGETS
