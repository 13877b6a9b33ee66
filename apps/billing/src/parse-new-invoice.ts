import { Problem, parseFields } from 'service-kit'
import type { NewInvoice } from './invoices.ts'

const FIELDS = ['customer', 'amountCents', 'currency'] as const
const LONGEST_CUSTOMER = 200

/** Reads the body of a request for a new invoice: these three fields, nothing else. Throws a 400 {@link Problem}. */
export function parseNewInvoice(body: unknown): NewInvoice {
  const { customer, amountCents, currency } = parseFields(body, FIELDS)
  if (typeof customer !== 'string' || customer.trim() === '' || customer.length > LONGEST_CUSTOMER) {
    throw new Problem(400, `customer must be a text of 1 to ${LONGEST_CUSTOMER} characters`)
  }
  if (typeof amountCents !== 'number' || !Number.isSafeInteger(amountCents) || amountCents <= 0) {
    throw new Problem(400, 'amountCents must be a whole number above 0')
  }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw new Problem(400, 'currency must be three capital letters')
  }
  return { customer, amountCents, currency }
}
