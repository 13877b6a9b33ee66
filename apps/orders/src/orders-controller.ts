import { Body, Controller, Get, Inject, Put } from '@nestjs/common'
import { Capability, RequireCapability, type VerifiedCapability } from '@writ/nestjs'
import { body as bodyOf, parseBody, QUANTITY } from 'service-kit'
import type { Order } from './open-order.ts'
import { OrderService } from './order-service.ts'

const ITEM = bodyOf({ quantity: QUANTITY })

/** Orders. No handler reads a param: what each takes from the URL is what its guard has proven. */
@Controller(':tenantId')
@RequireCapability({ resource: 'orders', operation: 'read', designate: ['tenantId', 'orderId'] })
export class OrdersController {
  readonly #orders: OrderService

  constructor(@Inject(OrderService) orders: OrderService) {
    this.#orders = orders
  }

  @Get('users/:userId/orders/:orderId')
  @RequireCapability({ designate: ['userId'] })
  readOfUser(@Capability() capability: VerifiedCapability): Order {
    return this.#orders.readOfUser(capability)
  }

  @Put('users/:userId/orders/:orderId/items/:sku')
  @RequireCapability({ operation: 'write', designate: ['userId', 'sku'] })
  putItem(@Capability() capability: VerifiedCapability, @Body() body: unknown): Promise<Order> {
    return this.#orders.putItem(capability, parseBody(ITEM, body).quantity)
  }

  /** For partners, who know orders and not users. */
  @Get('orders/:orderId')
  read(@Capability() capability: VerifiedCapability): Order {
    return this.#orders.read(capability)
  }
}
