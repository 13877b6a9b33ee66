import { demandOf } from '../internal/demand-of.ts'
import { operationOf } from '../internal/evaluate.ts'
import type { FrozenRequirement } from '../requirement.ts'
import type { GuardDescription } from '../requirement-of.ts'

/** What an OpenAPI operation says of a route: members of its operation object. */
export interface DescribedSecurity {
  /** Alternatives, as OpenAPI has them; empty if the route is public. */
  readonly security: readonly { readonly capability?: readonly string[] }[]
  /** What each alternative demands, with the labels of the designations. Absent if the route is public. */
  readonly 'x-capability'?: readonly {
    readonly resource: string
    readonly operation: string
    readonly designations: readonly string[]
  }[]
}

/** The security scheme that {@link describeSecurity} names: a member `capability` of `components.securitySchemes`. */
export const SECURITY_SCHEME: Readonly<{ type: 'http'; scheme: 'bearer'; bearerFormat: string; description: string }> =
  /* @__PURE__ */ Object.freeze({
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'Biscuit',
    description: 'A capability token of Writ, for the very operation, resource and object of the request',
  })

/**
 * Describes what guards a route as OpenAPI 3.1 does: its scopes are `resource:operation`.
 *
 * @param guard - What `requirementOf` of the adapter says of the route.
 * @param method - Of the route: the operation follows from it where the requirement names none.
 *
 * @example
 * ```ts
 * import { compileRequirement, describeSecurity } from '@writ/http'
 *
 * const guard = compileRequirement({ resource: 'invoices', designate: ['tenantId'] })
 * console.log(describeSecurity(guard, 'GET').security) // [ { capability: [ 'invoices:read' ] } ]
 * ```
 */
export function describeSecurity(guard: GuardDescription, method: string): DescribedSecurity {
  if (guard === 'public') return { security: [] }
  const requirements: readonly FrozenRequirement[] = 'resource' in guard ? [guard] : guard
  const demands = requirements.map((one) => demandOf(one, operationOf(one, { method: method.toUpperCase() }), null))
  const open = requirements.some(({ optional }) => optional) ? [{}] : []
  return {
    security: [...demands.map(({ resource, operation }) => ({ capability: [`${resource}:${operation}`] })), ...open],
    'x-capability': demands.map(({ resource, operation, designations }) => ({ resource, operation, designations })),
  }
}
