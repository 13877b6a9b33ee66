import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Credentials } from './credentials.ts'

/** Starts a service that reads one invoice, and returns its URL. What only it needs, it imports itself. */
export type Contender = (credentials: Credentials) => Promise<string>

/** The route that every service has. */
export const ROUTE = '/:tenantId/invoices/:invoiceId'

/** What every handler answers. */
export const INVOICE = { id: '7', total: 100 }

export async function listening(server: Server): Promise<string> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
