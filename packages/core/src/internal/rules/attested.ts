import { CapabilityError } from '../base/capability-error.ts'
import { ANCHOR } from '../base/labels.ts'
import { type PlacedCheck, satisfied } from '../evaluate/check.ts'
import type { Work } from '../evaluate/work.ts'
import type { World } from '../evaluate/world.ts'
import { isString, type Predicate } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { failedCheck } from './failed-check.ts'

/**
 * Evaluates the checks that name a public key once more, without the facts that the verifier only relays.
 *
 * The verifier's facts satisfy every check, also `check if designation("tenant", "acme") trusting {key}`. So such a
 * check must also hold in `attestedWorld`, which has neither the request's designations and subject nor the verifier's
 * namespace. Otherwise a URL parameter could replace the attester, and a service's configuration could replace an
 * approval.
 *
 * If the check names the anchor or a label of the request, its value must also be the asserted one. Otherwise the
 * attester could have approved one object or service, and the request could be about another.
 *
 * @param attestedDesignations - The designations in `attestedWorld`.
 * @param requested - The designations of the request, and the anchor.
 * @throws `CapabilityError`: `wrong_designation`, `wrong_anchor`; otherwise the code of the failed check
 *   (`failedCheck`), found without the relayed facts, so that it does not depend on the verifier's options.
 */
export function assertAttested(
  checks: readonly PlacedCheck[],
  blocks: readonly SignedBlock[],
  attestedWorld: World,
  attestedDesignations: ReadonlyMap<string, string>,
  requested: ReadonlyMap<string, string>,
  work: Work,
): void {
  for (const placed of checks) {
    const mentioned = placed.check.queries.flatMap(({ body }) => body)
    if (!satisfied(placed, blocks, attestedWorld, work)) throw failedCheck(placed, attestedDesignations)
    for (const predicate of mentioned) assertSameValue(predicate, requested, placed)
  }
}

/** Whether a check names a public key in its own scopes or in those of its block. */
export function namesKey({ check, block }: PlacedCheck, blocks: readonly SignedBlock[]): boolean {
  const scopes = [...(blocks[block]?.content.scopes ?? []), ...check.queries.flatMap((query) => query.scopes)]
  return scopes.some(({ type }) => type === 'key')
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
