import type { Demand } from '../refusal.ts'
import type { FrozenRequirement } from '../requirement.ts'

/**
 * What a requirement demands, in words that a caller may know. It has every label that the route supplies, also those that a
 * token may leave unbound: a token that names any other label is refused.
 */
export function demandOf(
  { resource, designate }: FrozenRequirement<never>,
  operation: string,
  anchor: string | null,
): Demand {
  const designations = Object.freeze(Object.keys(designate))
  return Object.freeze({ resource, operation, designations, ...(anchor !== null && { anchor }) })
}
