import { CapabilityError } from '../../internal/base/capability-error.ts'
import type { Binding } from '../../internal/rules/bindings.ts'
import type { Designations } from '../verifier.ts'

/**
 * The designations of a request that the token binds.
 *
 * @param bindings - The bindings that count for this verifier.
 * @param allowUndesignated - Whether a designation that no check binds is dropped instead of refused, or the labels
 *   for which it is.
 * @throws `CapabilityError`: `undesignated` for a designation that no check binds.
 */
export function boundDesignations(
  bindings: readonly Binding[],
  requested: ReadonlyMap<string, string>,
  allowUndesignated: boolean | readonly string[],
): Designations {
  const isOptional = (label: string) =>
    typeof allowUndesignated === 'boolean' ? allowUndesignated : allowUndesignated.includes(label)
  const bound: Record<string, string> = Object.create(null)
  for (const [label, value] of requested) {
    if (bindings.some((binding) => binding.label === label && binding.value === value)) {
      bound[label] = value
    } else if (!isOptional(label)) {
      throw new CapabilityError('undesignated', { label, actual: value })
    }
  }
  return Object.freeze(bound)
}
