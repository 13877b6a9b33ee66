import { path } from 'service-kit'
import { createServiceClient } from 'service-kit/client'
import type { Bindings } from './bindings.ts'
import type { Clock, Session } from './session.ts'

export interface OrdersOptions {
  /** The clock of the narrowed capabilities, in Unix seconds. Default: the system's. */
  readonly now?: Clock | undefined
  /** Default 5000: orders itself waits for two services. */
  readonly timeoutMs?: number | undefined
}

/** The orders service, of which every answer is handed on as it is. */
export interface Orders {
  find(session: Session, orderId: string): Promise<unknown>
  putItem(session: Session, orderId: string, sku: string, quantity: number): Promise<unknown>
  findForPartner(tenantId: string, orderId: string): Promise<unknown>
}

const TIMEOUT_MS = 5000
/** There is no such order; it is full, or paid: about the object and no fault of a service. */
const PASSES = [404, 409]

/**
 * What the gateway may ask of orders. Its own two capabilities name no tenant and are good for nothing there; what
 * travels is one of them, narrowed to the very object of the call and to ten seconds.
 */
export function createOrders(env: Bindings, { now, timeoutMs = TIMEOUT_MS }: OrdersOptions): Orders {
  const { ORDERS_URL: url, WRIT_PUBLIC_KEY: publicKey } = env
  const client = (token: string) => createServiceClient({ service: 'orders', url, token, publicKey, timeoutMs, now })
  const read = client(env.ORDERS_READ_TOKEN)
  const write = client(env.ORDERS_WRITE_TOKEN)

  return {
    find: async ({ tenantId, userId }, orderId) =>
      read({
        method: 'GET',
        path: path`/${tenantId}/users/${userId}/orders/${orderId}`,
        designations: { tenantId, userId, orderId },
        passes: PASSES,
      }),
    putItem: async ({ tenantId, userId }, orderId, sku, quantity) =>
      write({
        method: 'PUT',
        path: path`/${tenantId}/users/${userId}/orders/${orderId}/items/${sku}`,
        designations: { tenantId, userId, orderId, sku },
        body: { quantity },
        passes: PASSES,
      }),
    findForPartner: async (tenantId, orderId) =>
      read({
        method: 'GET',
        path: path`/${tenantId}/orders/${orderId}`,
        designations: { tenantId, orderId },
        passes: PASSES,
      }),
  }
}
