import { CapabilityError } from '../base/capability-error.ts'
import { checksOf } from '../evaluate/check.ts'
import type { World } from '../evaluate/world.ts'
import { isString, type Predicate } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/**
 * Refuses a `reject if` over something that this verifier does not assert: it would pass because nobody looked.
 *
 * Errors: `missing_designation` for a label that is not asserted, or a variable in its place; `unsupported_block` for a predicate
 * that is not.
 *
 * @param asserted - The verifier's own facts.
 * @param asks - Predicates that may be asked about all the same: this verifier looks, and asserts one only if there is one.
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
