import type { NewInvoice } from './invoices.ts'
import { Problem } from './problem.ts'

const FIELDS = ['customer', 'amountCents', 'currency']
const LONGEST_CUSTOMER = 200

/** Reads the body of a request for a new invoice: these three fields, nothing else. Throws a 400 {@link Problem}. */
export function parseNewInvoice(body: unknown): NewInvoice {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'the body must be a JSON object')
  }
  const unknown = Object.keys(body).some((key) => !FIELDS.includes(key))
  if (unknown) throw new Problem(400, `the body may hold only ${FIELDS.join(', ')}`)
  const { customer, amountCents, currency } = body as Readonly<Record<keyof NewInvoice, unknown>>
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
