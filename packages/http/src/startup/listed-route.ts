import { operationOf } from '../internal/evaluate.ts'
import type { FrozenRequirement } from '../requirement.ts'
import type { GuardDescription } from '../requirement-of.ts'

/**
 * What stands before a route, for a reader:
 *
 * - a requirement, with the operation that follows from the method. It is `undefined` where a route takes every method.
 * - `{ anyOf }`: one of several requirements must be met. `{ allOf }`: several guards must all pass.
 * - `public`: declared public. `unguarded`: nothing stands before it. `unknown`: it cannot be looked into, and nothing stands
 *   before it.
 */
export type RouteGuard =
  | FrozenRequirement
  | { readonly anyOf: readonly FrozenRequirement[] }
  | { readonly allOf: readonly RouteGuard[] }
  | 'public'
  | 'unguarded'
  | 'unknown'

/** A row of `listRoutes`. */
export interface ListedRoute {
  /** In upper case; `ALL` if the route takes every method. */
  readonly method: string
  /** The pattern of the route, with those of its routers and prefixes. */
  readonly path: string
  readonly guard: RouteGuard
}

/**
 * Makes a row of `listRoutes` of the guards that stand before a route. For adapters.
 *
 * @param guards - What `requirementOf` says of each. A public one among others demands nothing more.
 * @param otherwise - What the row says if there are none. Default: `unguarded`.
 *
 * @example
 * ```ts
 * import { compileRequirement, listedRoute } from '@writ/http'
 *
 * const row = listedRoute('GET', '/invoices', [compileRequirement({ resource: 'invoices' })])
 * console.log(typeof row.guard === 'object' && 'operation' in row.guard && row.guard.operation) // read
 * ```
 */
export function listedRoute(
  method: string,
  path: string,
  guards: readonly GuardDescription[],
  otherwise: 'unguarded' | 'unknown' = 'unguarded',
): ListedRoute {
  const demanding = guards.filter((guard) => guard !== 'public').map((guard) => withOperations(guard, method))
  const [first, ...others] = demanding
  const open = guards.length > 0 ? 'public' : otherwise
  const guard = others.length > 0 ? { allOf: Object.freeze(demanding) } : (first ?? open)
  return Object.freeze({ method, path, guard: Object.freeze(guard) })
}

function withOperations(guard: FrozenRequirement | readonly FrozenRequirement[], method: string): RouteGuard {
  if ('resource' in guard) return withOperation(guard, method)
  return Object.freeze({ anyOf: Object.freeze(guard.map((one) => withOperation(one, method))) })
}

/** A copy with all that is defined on a requirement, also what is not enumerable. */
function withOperation(requirement: FrozenRequirement, method: string): FrozenRequirement {
  const operation = method === 'ALL' ? requirement.operation : operationOf(requirement, { method })
  const own = { ...Object.getOwnPropertyDescriptors(requirement), operation: { value: operation, enumerable: true } }
  return Object.freeze(Object.defineProperties({}, own)) as FrozenRequirement
}
