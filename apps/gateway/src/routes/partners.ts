import { capability, type HonoGuard } from '@writ/hono'
import type { Hono } from 'hono'
import { designated } from 'service-kit'
import type { Bindings, Env } from '../bindings.ts'
import type { Orders } from '../orders.ts'

/**
 * Orders for partners, who have no session but a capability for one order. It ends here: what goes on to orders is the
 * gateway's own capability, narrowed to what theirs was proven to be for.
 */
export function partnerRoutes(app: Hono<Env>, guard: HonoGuard<Env>, ordersOf: (env: Bindings) => Orders): void {
  const order = guard({ resource: 'orders', operation: 'read', designate: ['tenantId', 'orderId'] })

  app.get('/partners/:tenantId/orders/:orderId', order, async (c) => {
    const { tenantId, orderId } = designated(capability(c), ['tenantId', 'orderId'])
    return c.json(await ordersOf(c.env).findForPartner(tenantId, orderId))
  })
}
