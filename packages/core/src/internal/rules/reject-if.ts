import { CapabilityError } from '../base/capability-error.ts'
import { checksOf } from '../evaluate/check.ts'
import type { World } from '../evaluate/world.ts'
import { isString, type Predicate } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/**
 * Refuses a `reject if` about a fact that this verifier does not assert. It would pass only because nobody looked.
 *
 * @param asserted - All facts that the verifier asserts.
 * @param asks - Predicates that a `reject if` may ask about even if none is asserted: this verifier looks for them, and
 *   asserts those that it finds.
 * @throws `CapabilityError`: `missing_designation` for a label that is not asserted, or a variable as label;
 *   `unsupported_block` for any other predicate that is not asserted.
 */
export function assertRejectable(blocks: readonly SignedBlock[], asserted: World, asks: readonly string[]): void {
  for (const { check, block, index } of checksOf(blocks)) {
    if (check.kind !== 'reject') continue
    for (const predicate of check.queries.flatMap(({ body }) => body)) {
      if (!asks.includes(predicate.name)) assertAsserted(predicate, asserted, { block, check: index })
    }
  }
}

function assertAsserted(predicate: Predicate, asserted: World, place: { block: number; check: number }): void {
  const facts = asserted.named(predicate.name, predicate.terms.length)
  if (predicate.name === 'designation' && predicate.terms.length === 2) {
    const [label] = predicate.terms
    if (isString(label) && facts.some((fact) => isString(fact.predicate.terms[0], label.value))) return
    throw new CapabilityError('missing_designation', { ...place, label: isString(label) ? label.value : undefined })
  }
  if (facts.length === 0) throw new CapabilityError('unsupported_block', place)
}
