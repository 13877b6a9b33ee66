import 'reflect-metadata'
import { Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { Client } from '@writ/client'
import type { Keys, RevocationCheck } from '@writ/core/verify'
import { WritModule } from '@writ/nestjs'
import { type Log, logDecisions } from 'service-kit'
import { createDownstream } from './downstream.ts'
import { HealthController } from './health-controller.ts'
import { OrderService } from './order-service.ts'
import { OrderStore } from './order-store.ts'
import { OrdersController } from './orders-controller.ts'
import { ProblemFilter } from './problem-filter.ts'

export interface CreateAppOptions {
  /** The authority's public keys. */
  readonly keys: Keys
  /** Default: nothing is revoked. */
  readonly revocation?: RevocationCheck
  /** Gets capabilities of this service, and calls others with them. */
  readonly client: Pick<Client, 'fetch'>
  readonly inventoryUrl: string
  readonly billingUrl: string
  /** How long each of them may take, in milliseconds. Default 2000. */
  readonly timeoutMs?: number
  /** Called with one entry per decision and per failure. Default: nothing is logged. */
  readonly log?: Log
  /** The clock of the guard, in Unix seconds. Default: the system's. */
  readonly now?: () => number
}

/** The name that a capability must be anchored to. */
export const ANCHOR = 'service:orders'

/** The orders service, ready to listen. Rejects with a `TypeError` for invalid keys, and if a route has no guard. */
export async function createApp(options: CreateAppOptions): Promise<NestExpressApplication> {
  const { log = () => {} } = options
  const app = await NestFactory.create<NestExpressApplication>(moduleOf(options, log), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  })
  app.disable('x-powered-by')
  app.useBodyParser('json', { limit: '1kb' })
  app.useGlobalFilters(new ProblemFilter(log))
  return app.init()
}

function moduleOf(options: CreateAppOptions, log: Log): Type {
  const { keys, revocation, client, inventoryUrl, billingUrl, timeoutMs, now } = options
  const inventory = createDownstream(client, {
    service: 'inventory',
    url: inventoryUrl,
    right: { target: 'stock', operation: 'reserve' },
    timeoutMs,
  })
  const billing = createDownstream(client, {
    service: 'billing',
    url: billingUrl,
    right: { target: 'invoices', operation: 'write' },
    timeoutMs,
  })
  const orders = new OrderService(new OrderStore(), inventory, billing)
  const verifier = { keys, revocation, anchor: ANCHOR, now }

  @Module({
    imports: [WritModule.forRoot({ ...verifier, onDecision: logDecisions('orders', log) })],
    controllers: [OrdersController, HealthController],
    providers: [{ provide: OrderService, useValue: orders }],
  })
  class OrdersModule {}
  return OrdersModule
}
