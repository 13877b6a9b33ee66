import { writ } from '@writ/hono'
import { Hono } from 'hono'
import { type Log, logDecisions, logFailure, Problem, problemAnswer } from 'service-kit'
import { assertBindings, type Bindings, type Env } from './bindings.ts'
import type { Connection } from './connect.ts'
import { createOrders, type OrdersOptions } from './orders.ts'
import { orderRoutes } from './routes/orders.ts'
import { partnerRoutes } from './routes/partners.ts'
import { sessionRoutes } from './routes/session.ts'
import type { Clock } from './session.ts'

export interface CreateAppOptions extends OrdersOptions {
  /** The connection to the authority of an environment: always the same one for the same environment. */
  readonly connectionOf: (env: Bindings) => Connection
  /** The clock of sessions and of the guard, in Unix seconds. Default: the system's. */
  readonly now?: Clock | undefined
  /** Called with one entry per decision and per failure. Default: nothing is logged. */
  readonly log?: Log
}

/** The name that a partner's capability must be anchored to. */
const ANCHOR = 'service:gateway'

/** The gateway, for Node and workerd: what it must know comes with each request, as `c.env`. */
export function createApp({ connectionOf, log = () => {}, now = systemClock, timeoutMs }: CreateAppOptions): Hono<Env> {
  const guard = writ<Env>(({ env }) => {
    const { keys, revocation } = connectionOf(env)
    return { keys, revocation, anchor: ANCHOR, now, onDecision: logDecisions('gateway', log) }
  })
  const ordersOf = (env: Bindings) => createOrders(connectionOf(env).client, env.ORDERS_URL, { timeoutMs })

  const app = new Hono<Env>()
  app.use(async (c, next) => {
    assertBindings(c.env)
    c.header('Cache-Control', 'no-store')
    await next()
  })
  app.get('/healthz', guard.public(), (c) => c.json({ status: 'ok' }))
  sessionRoutes(app, guard, now)
  app.route('/orders', orderRoutes(guard, now, ordersOf))
  partnerRoutes(app, guard, ordersOf)
  app.notFound(() => {
    throw new Problem(404, 'there is no such route')
  })
  app.onError((error, c) => {
    const { status, contentType, body } = problemAnswer(error)
    if (status >= 500) logFailure('gateway', log, error)
    return c.newResponse(body, status as 500, { 'Content-Type': contentType })
  })
  return app
}

function systemClock(): number {
  return Math.floor(Date.now() / 1000)
}
