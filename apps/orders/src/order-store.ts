import { OpenOrder } from './open-order.ts'

/** Orders by tenant, in memory. An id is unique within its tenant, and belongs to the user who used it first. */
export class OrderStore {
  // Both ids come from URLs, so a plain object would answer for `constructor`.
  readonly #tenants = new Map<string, Map<string, OpenOrder>>()

  find(tenantId: string, orderId: string): OpenOrder | undefined {
    return this.#tenants.get(tenantId)?.get(orderId)
  }

  /** The order, which is made if there is none. */
  open(tenantId: string, orderId: string, userId: string): OpenOrder {
    const orders = this.#tenants.get(tenantId) ?? new Map<string, OpenOrder>()
    const order = orders.get(orderId) ?? new OpenOrder(orderId, userId)
    this.#tenants.set(tenantId, orders.set(orderId, order))
    return order
  }
}
