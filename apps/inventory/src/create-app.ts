import type { Keys, RevocationCheck } from '@writ/core/verify'
import { writ } from '@writ/fastify'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Log, logDecisions, logFailure, Problem, problemAnswer } from 'service-kit'
import { stockRoutes } from './routes/stock.ts'
import { createStockStore, type StockStore } from './stock.ts'

export interface CreateAppOptions {
  /** The authority's public key, or several. */
  readonly keys: Keys
  /** Default: nothing is revoked. */
  readonly revocation?: RevocationCheck
  /** Default: a store without reservations. */
  readonly stock?: StockStore
  /** Called with one entry per decision and per failure. Default: nothing is logged. */
  readonly log?: Log
  /** The clock of the guard, in Unix seconds. Default: the system's. */
  readonly now?: () => number
}

/** The name that a capability must be anchored to. */
export const ANCHOR = 'service:inventory'

const BODY_BYTES = 1024
/** Fastify's own limit of 100 would take longer names for unknown routes. */
const PARAM_LENGTH = 4096

/** The inventory service, ready to listen. Rejects with a `TypeError` for invalid keys, and if a route has no guard. */
export async function createApp(options: CreateAppOptions): Promise<FastifyInstance> {
  const { keys, revocation, now, stock = createStockStore(), log = () => {} } = options
  const answerError = (error: unknown, _request: FastifyRequest, reply: FastifyReply): void => {
    const { status, contentType, body } = problemAnswer(error)
    if (status >= 500) logFailure('inventory', log, error)
    reply.code(status).type(contentType).send(body)
  }
  const app = fastify({
    bodyLimit: BODY_BYTES,
    routerOptions: { maxParamLength: PARAM_LENGTH },
    // Of paths that cannot be decoded.
    frameworkErrors: answerError,
  })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(() => {
    throw new Problem(404, 'there is no such route')
  })

  await app.register(writ, { keys, revocation, anchor: ANCHOR, now, onDecision: logDecisions('inventory', log) })
  app.get('/healthz', { config: { capability: 'public' } }, async () => ({ status: 'ok' }))
  stockRoutes(app, stock)

  await app.ready()
  return app
}
