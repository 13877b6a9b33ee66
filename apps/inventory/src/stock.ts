export interface Stock {
  readonly sku: string
  /** What is in the warehouse and not reserved. */
  readonly available: number
  readonly unitCents: number
}

export interface Reservation {
  readonly sku: string
  readonly quantity: number
  readonly unitCents: number
}

/** Stock by tenant, in memory; there is no way to ask for some without saying whose. */
export interface StockStore {
  find(tenantId: string, sku: string): Stock
  /** Reserves for an order, in place of what that order had of the SKU. `'too few'` changes nothing. */
  reserve(tenantId: string, orderId: string, sku: string, quantity: number): Reservation | 'too few'
}

const IN_WAREHOUSE = 5000

/** A store in which every tenant has this many of every SKU. */
export function createStockStore(): StockStore {
  // Every id comes from a URL, so a plain object would answer for `constructor`.
  const tenants = new Map<string, Map<string, Map<string, number>>>()
  const reservedBy = (tenantId: string, sku: string) => tenants.get(tenantId)?.get(sku) ?? new Map<string, number>()
  const available = (reserved: ReadonlyMap<string, number>) =>
    IN_WAREHOUSE - [...reserved.values()].reduce((sum, quantity) => sum + quantity, 0)

  return {
    find: (tenantId, sku) => ({ sku, available: available(reservedBy(tenantId, sku)), unitCents: priceOf(sku) }),
    reserve(tenantId, orderId, sku, quantity) {
      const reserved = reservedBy(tenantId, sku)
      if (quantity > available(reserved) + (reserved.get(orderId) ?? 0)) return 'too few'
      const skus = tenants.get(tenantId) ?? new Map<string, Map<string, number>>()
      tenants.set(tenantId, skus.set(sku, reserved.set(orderId, quantity)))
      return { sku, quantity, unitCents: priceOf(sku) }
    },
  }
}

/** Made up of the SKU, so that it is the same after a restart: 1.00 to 99.99. */
function priceOf(sku: string): number {
  return [...sku].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 9900, 0) + 100
}
