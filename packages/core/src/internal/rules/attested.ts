import { CapabilityError } from '../base/capability-error.ts'
import { ANCHOR, FACET } from '../base/labels.ts'
import { type Assertions, designationsOf, withoutRelayed } from '../evaluate/assertions.ts'
import type { PlacedCheck } from '../evaluate/check.ts'
import { givenBy } from '../evaluate/given.ts'
import type { Work } from '../evaluate/work.ts'
import { isString, type Predicate } from '../token/datalog.ts'
import type { CompiledToken } from './compile-token.ts'
import { failedCheck } from './failed-check.ts'

/**
 * Evaluates the checks that name a public key once more, without what the verifier only relays.
 *
 * The verifier's facts satisfy every check, also `check if designation("tenant", "acme") trusting {key}`. So such a
 * check must also hold without the request's designations and subject and the verifier's namespace. Otherwise a URL
 * parameter could replace the attester, and a service's configuration could replace an approval.
 *
 * If the check names the anchor or a label of the request, its value must also be the asserted one. Otherwise the
 * attester could have approved one object or service, and the request could be about another.
 *
 * @throws `CapabilityError`: `wrong_designation`, `wrong_anchor`; otherwise the code of the failed check
 *   (`failedCheck`), found without the relayed facts, so that it does not depend on the verifier's options.
 */
export function assertAttested({ blocks, keyed }: CompiledToken, assertions: Assertions, work: Work): void {
  const own = withoutRelayed(assertions)
  const given = givenBy(own, blocks)
  const requested = new Map(designationsOf(assertions))
  // A token may hold one pin of a ledger and another pin of an attester. Every other label has one value.
  requested.delete(FACET)
  for (const check of keyed) {
    const { placed } = check
    if (!check.isSatisfied(given, work)) throw failedCheck(placed, designationsOf(own))
    for (const { body } of placed.check.queries) {
      for (const predicate of body) assertSameValue(predicate, requested, placed)
    }
  }
}

/**
 * Refuses a predicate that could be about another value than the requested one. A variable as label or value could
 * stand for anything, so it is refused as well.
 */
function assertSameValue(predicate: Predicate, requested: ReadonlyMap<string, string>, placed: PlacedCheck): void {
  if (predicate.name !== 'designation' || predicate.terms.length !== 2) return
  const [label, value] = predicate.terms
  for (const [requestedLabel, requestedValue] of requested) {
    const isOtherLabel = isString(label) && label.value !== requestedLabel
    const isSamePair = isString(label) && isString(value, requestedValue)
    if (isOtherLabel || isSamePair) continue
    throw new CapabilityError(requestedLabel === ANCHOR ? 'wrong_anchor' : 'wrong_designation', {
      label: requestedLabel,
      expected: isString(value) ? value.value : undefined,
      actual: requestedValue,
      block: placed.block,
      check: placed.index,
    })
  }
}
