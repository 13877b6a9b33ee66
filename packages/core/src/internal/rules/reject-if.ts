import { CapabilityError } from '../base/capability-error.ts'
import { type Assertions, assertedAs, designationOf } from '../evaluate/assertions.ts'
import type { PlacedCheck } from '../evaluate/check.ts'
import { isString, type Predicate } from '../token/datalog.ts'

/**
 * Refuses a `reject if` about a fact that this verifier does not assert. It would pass only because nobody looked.
 *
 * @param rejections - Every `reject if` of a token.
 * @param asks - Predicates that a `reject if` may ask about even if none is asserted: this verifier looks for them, and
 *   asserts those that it finds.
 * @throws `CapabilityError`: `missing_designation` for a label that is not asserted, or a variable as label;
 *   `unsupported_block` for any other predicate that is not asserted.
 */
export function assertRejectable(
  rejections: readonly PlacedCheck[],
  assertions: Assertions,
  asks: readonly string[],
): void {
  for (const { check, block, index } of rejections) {
    for (const predicate of check.queries.flatMap(({ body }) => body)) {
      if (!asks.includes(predicate.name)) assertAsserted(predicate, assertions, { block, check: index })
    }
  }
}

function assertAsserted(predicate: Predicate, assertions: Assertions, place: { block: number; check: number }): void {
  if (predicate.name === 'designation' && predicate.terms.length === 2) {
    const [label] = predicate.terms
    if (isString(label) && designationOf(label.value, assertions) !== undefined) return
    throw new CapabilityError('missing_designation', { ...place, label: isString(label) ? label.value : undefined })
  }
  const facts = assertedAs(predicate)?.facts(assertions) ?? []
  if (facts.length === 0) throw new CapabilityError('unsupported_block', place)
}
