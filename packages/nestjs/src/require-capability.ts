import { UseGuards } from '@nestjs/common'
import { mergeRequirements, type NodeRequest, type RequirementDefaults } from '@writ/http'
import { CapabilityGuard } from './capability-guard.ts'
import { declaring } from './internal/declarations.ts'

/** What the requests of Express, of Fastify and of Node have in common. The guard passes that of the platform as it is. */
interface PlatformRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
}

const addGuard = UseGuards(CapabilityGuard)

/**
 * Demands a capability for a method, or for every method of a controller and its subclasses. What class and method
 * declare is merged: `designate` is united, and the method overrides the rest. If a method has several decorators, all of
 * them must be met.
 *
 * A method that overrides another one does not inherit its declaration. Without a declaration of its own it is denied.
 *
 * @param requirement - The resource, the operation (default: `read` for GET, HEAD, OPTIONS and QUERY, else `write`),
 * `designate`, ... A function of `designate` gets the request of the platform: give it the type of yours,
 * `(view, request: Request) => request.get('x-tenant')` on Express.
 * @throws `TypeError` naming the key that is unknown or of the wrong type.
 *
 * @example
 * ```ts
 * import { Controller, Get, Param } from '@nestjs/common'
 * import { Capability, RequireCapability } from '@writ/nestjs'
 * import type { VerifiedCapability } from '@writ/nestjs'
 *
 * @Controller(':tenantId/orders')
 * @RequireCapability({ resource: 'orders', designate: ['tenantId'] })
 * export class OrdersController {
 *   @Get(':orderId')
 *   @RequireCapability({ designate: ['orderId'] })
 *   read(@Param('orderId') id: string, @Capability() capability: VerifiedCapability) {
 *     return { id, readBy: capability.subject }
 *   }
 * }
 * ```
 */
export function RequireCapability<Native extends PlatformRequest = NodeRequest>(
  requirement: RequirementDefaults<Native>,
): ClassDecorator & MethodDecorator {
  return RequireAnyCapability([requirement])
}

/**
 * Demands that one of several requirements is met, each merged with what the class declares, as {@link RequireCapability}
 * does.
 *
 * @throws `TypeError` if the array is empty, or naming the key that is unknown or of the wrong type.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common'
 * import { RequireAnyCapability } from '@writ/nestjs'
 *
 * @Controller(':tenantId/reports')
 * export class ReportsController {
 *   @Get()
 *   @RequireAnyCapability([{ resource: 'reports', designate: ['tenantId'] }, { resource: 'audit' }])
 *   list() {
 *     return []
 *   }
 * }
 * ```
 */
export function RequireAnyCapability<Native extends PlatformRequest = NodeRequest>(
  requirements: readonly RequirementDefaults<Native>[],
): ClassDecorator & MethodDecorator {
  if (!Array.isArray(requirements) || requirements.length === 0)
    throw new TypeError('requirements: must be an array of at least one')
  const declare = declaring(requirements.map((one) => mergeRequirements(one) as RequirementDefaults<NodeRequest>))
  return (target: object, key?: unknown, descriptor?: PropertyDescriptor) => {
    declare(target as never, key as never, descriptor as never)
    // Nest runs the guards of an app neither at gateways nor, by default, at the message handlers of hybrid apps.
    addGuard(target, key as never, descriptor as never)
  }
}
