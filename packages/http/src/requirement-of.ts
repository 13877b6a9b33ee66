import type { FrozenRequirement } from './requirement.ts'

/** What a guard demands: one requirement, several of which one must be met, or nothing because the route is public. */
export type GuardDescription = FrozenRequirement | readonly FrozenRequirement[] | 'public'

const descriptions = new WeakMap<object, GuardDescription>()

/**
 * Registers an object of the framework, such as a handler or a route, as a guard with that description. For adapters.
 *
 * @example
 * ```ts
 * import { registerGuard, requirementOf } from '@writ/http'
 *
 * const handler = () => {}
 * registerGuard(handler, 'public')
 * console.log(requirementOf(handler)) // public
 * ```
 */
export function registerGuard(guard: object, description: GuardDescription): void {
  descriptions.set(guard, description)
}

/**
 * Tells what a guard demands, for documentation, OpenAPI transforms and lint rules.
 *
 * @returns The frozen requirement; an array if one of several must be met; `'public'` for `guard.public()`; `undefined` for
 *   anything that is not a guard.
 *
 * @example
 * ```ts
 * import { requirementOf } from '@writ/http'
 *
 * console.log(requirementOf(() => {})) // undefined
 * ```
 */
export function requirementOf(guard: object): GuardDescription | undefined {
  return descriptions.get(guard)
}
