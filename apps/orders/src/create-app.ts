import 'reflect-metadata'
import { Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { WritModule } from '@writ/nestjs'
import { type Log, logDecisions } from 'service-kit'
import { createServiceClient } from 'service-kit/client'
import { HealthController } from './health-controller.ts'
import { OrderService } from './order-service.ts'
import { OrderStore } from './order-store.ts'
import { OrdersController } from './orders-controller.ts'
import { ProblemFilter } from './problem-filter.ts'

/** Another service, and the capability that this one has for it. */
export interface Downstream {
  readonly url: string
  readonly token: string
}

export interface CreateAppOptions {
  /** The authority's public key. */
  readonly publicKey: string
  readonly inventory: Downstream
  readonly billing: Downstream
  /** How long each of them may take, in milliseconds. Default 2000. */
  readonly timeoutMs?: number
  /** Called with one entry per decision and per failure. Default: nothing is logged. */
  readonly log?: Log
  /** The clock of the guard and of what is narrowed, in Unix seconds. Default: the system's. */
  readonly now?: () => number
}

/** The name that a capability must be anchored to. */
export const ANCHOR = 'service:orders'

/** The orders service, ready to listen. Rejects with a `TypeError` for an invalid key, and if a route has no guard. */
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
  const { publicKey, inventory, billing, timeoutMs, now } = options
  const client = (service: string, downstream: Downstream) =>
    createServiceClient({ service, ...downstream, publicKey, timeoutMs, now })
  const orders = new OrderService(new OrderStore(), client('inventory', inventory), client('billing', billing))

  @Module({
    imports: [WritModule.forRoot({ keys: publicKey, anchor: ANCHOR, now, onDecision: logDecisions('orders', log) })],
    controllers: [OrdersController, HealthController],
    providers: [{ provide: OrderService, useValue: orders }],
  })
  class OrdersModule {}
  return OrdersModule
}
