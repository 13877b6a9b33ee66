import type { VerifiedCapability } from '@writ/core/verify'
import { designated, Problem, path, wholeNumber } from 'service-kit'
import { is, object } from 'valibot'
import type { Downstream } from './downstream.ts'
import type { OpenOrder, Order } from './open-order.ts'
import type { OrderStore } from './order-store.ts'

/** What inventory answers, as far as it counts here. */
const PRICED = object({ unitCents: wholeNumber(0, Number.MAX_SAFE_INTEGER) })

/** What can be done with orders. Tenant, user, order and SKU come from the proven capability, never from URL or body. */
export class OrderService {
  readonly #orders: OrderStore
  readonly #inventory: Downstream
  readonly #billing: Downstream

  constructor(orders: OrderStore, inventory: Downstream, billing: Downstream) {
    this.#orders = orders
    this.#inventory = inventory
    this.#billing = billing
  }

  readOfUser(capability: VerifiedCapability): Order {
    const { tenantId, userId, orderId } = designated(capability, ['tenantId', 'userId', 'orderId'])
    return ownedBy(userId, this.#orders.find(tenantId, orderId)).view()
  }

  /** For partners: an order of any user. */
  read(capability: VerifiedCapability): Order {
    const { tenantId, orderId } = designated(capability, ['tenantId', 'orderId'])
    return existing(this.#orders.find(tenantId, orderId)).view()
  }

  /**
   * Reserves, invoices, then notes the item. A failure half-way is not undone: each step is a PUT of the wanted quantity,
   * so a retry of the caller completes it.
   */
  async putItem(capability: VerifiedCapability, quantity: number): Promise<Order> {
    const { userId, ...object } = designated(capability, ['tenantId', 'userId', 'orderId', 'sku'])
    const { tenantId, orderId, sku } = object
    const reservation = path`/${tenantId}/orders/${orderId}/reservations/${sku}`
    const line = path`/${tenantId}/orders/${orderId}/items/${sku}`
    const order = ownedBy(userId, this.#orders.open(tenantId, orderId, userId))

    return order.put(sku, async () => {
      const unitCents = priceOf(await this.#inventory(reservation, object, { quantity }))
      await this.#billing(line, object, { quantity, unitCents })
      return { sku, quantity, unitCents }
    })
  }
}

/** To one user, the orders of another do not exist. */
function ownedBy(userId: string, order: OpenOrder | undefined): OpenOrder {
  return existing(order?.userId === userId ? order : undefined)
}

function existing(order: OpenOrder | undefined): OpenOrder {
  if (order === undefined) throw new Problem(404, 'there is no such order')
  return order
}

function priceOf(reservation: unknown): number {
  if (!is(PRICED, reservation)) throw new Problem(502, 'inventory did not say a price')
  return reservation.unitCents
}
