import type { GuardDescription } from '@writ/http'
import { type Callable, guardsOf } from './internal/declarations.ts'

/**
 * Returns what a route demands, frozen, for documents, OpenAPI transforms and lint rules. An array where one of several
 * must be met, `'public'` if the route is declared public, `undefined` if nothing is declared. If a method has several
 * decorators, it is the first.
 *
 * @param controller - The class that is asked about, since a subclass may demand more than its parent.
 * @param method - The method, or its name.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common'
 * import { RequireCapability, requirementOf } from '@writ/nestjs'
 *
 * @Controller('orders')
 * class OrdersController {
 *   @Get()
 *   @RequireCapability({ resource: 'orders' })
 *   list() {}
 * }
 * console.log(requirementOf(OrdersController, 'list'))
 * ```
 */
export function requirementOf(controller: Callable, method: string | Callable): GuardDescription | undefined {
  const handler: unknown = typeof method === 'string' ? controller.prototype[method] : method
  const guards = typeof handler === 'function' ? guardsOf(controller, handler) : undefined
  if (guards === undefined || guards === 'public') return guards
  const [first] = guards
  return (first?.length === 1 ? first[0] : Object.freeze(first)) as GuardDescription | undefined
}
