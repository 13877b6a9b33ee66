import type { Client } from '@writ/client'
import { answerOf, path } from 'service-kit'
import type { Session } from './session.ts'

export interface OrdersOptions {
  /** How long an answer may take, its body included. Default 5000: orders itself waits for two services. */
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
 * What the gateway may ask of orders. Its own capabilities name no tenant and are good for nothing there; what travels is one
 * of them, narrowed to the very object of the call and to ten seconds.
 */
export function createOrders(
  client: Pick<Client, 'fetch'>,
  url: string,
  { timeoutMs = TIMEOUT_MS }: OrdersOptions,
): Orders {
  const call = (operation: 'read' | 'write', path: string, designations: Record<string, string>, body?: object) => {
    const capability = { target: 'orders', operation, anchor: 'service:orders', designations }
    const signal = AbortSignal.timeout(timeoutMs)
    const sent =
      body === undefined
        ? {}
        : { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return answerOf('orders', client.fetch(new URL(path, url), { ...sent, capability, signal }), PASSES)
  }

  return {
    find: async ({ tenantId, userId }, orderId) =>
      call('read', path`/${tenantId}/users/${userId}/orders/${orderId}`, { tenantId, userId, orderId }),
    putItem: async ({ tenantId, userId }, orderId, sku, quantity) => {
      const item = path`/${tenantId}/users/${userId}/orders/${orderId}/items/${sku}`
      return call('write', item, { tenantId, userId, orderId, sku }, { quantity })
    },
    findForPartner: async (tenantId, orderId) =>
      call('read', path`/${tenantId}/orders/${orderId}`, { tenantId, orderId }),
  }
}
