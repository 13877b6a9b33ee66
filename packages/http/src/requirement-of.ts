import type { FrozenRequirement } from './requirement.ts'

/** What a guard stands for: one requirement, several of which one must be met, or a route declared public. */
export type GuardDescription = FrozenRequirement | readonly FrozenRequirement[] | 'public'

const descriptions = new WeakMap<object, GuardDescription>()

/**
 * Declares that an object of the framework (a handler, a route) is a guard of that description. For adapters.
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
 * What a guard demands, frozen: for documents, OpenAPI transforms and lint rules. An array where one of several must be met,
 * `'public'` for `guard.public()`, `undefined` for anything that is no guard.
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
