import { Problem } from 'service-kit'

export interface Item {
  readonly sku: string
  readonly quantity: number
  readonly unitCents: number
}

/** What callers see of an order. Whose it is they know, or (a partner) need not. */
export interface Order {
  readonly id: string
  readonly items: readonly Item[]
  readonly totalCents: number
}

/** An order of one user, in memory. */
export class OpenOrder {
  readonly id: string
  readonly userId: string
  readonly #items = new Map<string, Item>()
  readonly #changing = new Set<string>()

  constructor(id: string, userId: string) {
    this.id = id
    this.userId = userId
  }

  /**
   * Puts an item, in place of the one of the same SKU. Throws a 409 `Problem` while the same one is being put: two at
   * once could leave one service with the one quantity and another with the other.
   */
  async put(sku: string, make: () => Promise<Item>): Promise<Order> {
    if (this.#changing.has(sku)) throw new Problem(409, 'the item is being changed')
    this.#changing.add(sku)
    try {
      this.#items.set(sku, await make())
    } finally {
      this.#changing.delete(sku)
    }
    return this.view()
  }

  view(): Order {
    const items = [...this.#items.values()]
    const totalCents = items.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0)
    return { id: this.id, items, totalCents }
  }
}
