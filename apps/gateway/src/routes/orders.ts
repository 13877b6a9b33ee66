import type { HonoGuard } from '@writ/hono'
import { Hono } from 'hono'
import { body, parseBody, QUANTITY } from 'service-kit'
import type { Bindings, Env } from '../bindings.ts'
import { jsonBody, smallBody } from '../json-body.ts'
import type { Orders } from '../orders.ts'
import { sameOrigin } from '../same-origin.ts'
import { type Clock, type SessionEnv, signedIn } from '../session.ts'

const ITEM = body({ quantity: QUANTITY })

/**
 * A user's own orders. No capability comes in here, so the routes are public to the guard: the session says which tenant
 * and which user, and nothing in a request can say otherwise.
 */
export function orderRoutes(guard: HonoGuard<Env>, now: Clock, ordersOf: (env: Bindings) => Orders): Hono<SessionEnv> {
  const orders = new Hono<SessionEnv>()
  orders.use(sameOrigin, signedIn(now))

  orders.get('/:orderId', guard.public(), async (c) =>
    c.json(await ordersOf(c.env).find(c.var.session, c.req.param('orderId'))),
  )

  orders.put('/:orderId/items/:sku', guard.public(), smallBody, async (c) => {
    const { orderId, sku } = c.req.param()
    const { quantity } = parseBody(ITEM, await jsonBody(c))
    return c.json(await ordersOf(c.env).putItem(c.var.session, orderId, sku, quantity))
  })
  return orders
}
