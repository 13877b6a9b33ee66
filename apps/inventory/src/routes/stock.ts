import type { FastifyInstance } from 'fastify'
import { body as bodyOf, Problem, parseBody, QUANTITY } from 'service-kit'
import type { StockStore } from '../stock.ts'

const RESERVATION = bodyOf({ quantity: QUANTITY })

interface StockParams {
  readonly tenantId: string
  readonly sku: string
}

interface ReservationParams extends StockParams {
  readonly orderId: string
}

/**
 * The stock of a tenant. Each route says what its token must permit, and that it names the tenant and the object of the
 * URL.
 */
export function stockRoutes(app: FastifyInstance, stock: StockStore): void {
  const read = { resource: 'stock', operation: 'read', designate: ['tenantId', 'sku'] }
  const reserve = { resource: 'stock', operation: 'reserve', designate: ['tenantId', 'orderId', 'sku'] }

  app.get<{ Params: StockParams }>('/:tenantId/stock/:sku', { config: { capability: read } }, async ({ params }) =>
    stock.find(params.tenantId, params.sku),
  )

  app.put<{ Params: ReservationParams }>(
    '/:tenantId/orders/:orderId/reservations/:sku',
    { config: { capability: reserve } },
    async ({ params, body }) => {
      const { quantity } = parseBody(RESERVATION, body)
      const reserved = stock.reserve(params.tenantId, params.orderId, params.sku, quantity)
      if (reserved === 'too few') throw new Problem(409, 'there are too few in stock')
      return reserved
    },
  )
}
