import { CapabilityError } from '../base/capability-error.ts'
import { ANCHOR } from '../base/labels.ts'
import { type PlacedCheck, satisfied } from '../evaluate/check.ts'
import type { Work } from '../evaluate/work.ts'
import type { World } from '../evaluate/world.ts'
import { isString, type Predicate } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { failedCheck } from './failed-check.ts'

/**
 * Holds the checks that name a public key against the key's holder alone.
 *
 * The verifier's own facts satisfy every check, also `check if designation("tenant", "acme") trusting {key}`. So such a check must
 * hold once more in `attestedWorld`, where neither the request's designations and subject nor the verifier's namespace are asserted; else
 * a URL parameter would stand in for the attester, and a service's own configuration for a sign-off. And where it names a label of the
 * request, or the anchor, the value must be the one that is asserted; else the attester's word would be about one object or service, and
 * the request about another.
 *
 * Errors: `wrong_designation`, `wrong_anchor`; and by the check, as if nothing had been asserted on anybody's word (`failedCheck`), so that
 * it depends on no option of the verifier.
 *
 * @param known - The designations that are asserted in `attestedWorld`.
 * @param requested - Those of the request, and the anchor.
 */
export function assertAttested(
  checks: readonly PlacedCheck[],
  blocks: readonly SignedBlock[],
  attestedWorld: World,
  known: ReadonlyMap<string, string>,
  requested: ReadonlyMap<string, string>,
  work: Work,
): void {
  for (const placed of checks) {
    const mentioned = placed.check.queries.flatMap(({ body }) => body)
    if (!satisfied(placed, blocks, attestedWorld, work)) throw failedCheck(placed, known)
    for (const predicate of mentioned) assertSameValue(predicate, requested, placed)
  }
}

/** Whether a check, by its scopes or by those of its block, names a public key. */
export function namesKey({ check, block }: PlacedCheck, blocks: readonly SignedBlock[]): boolean {
  const scopes = [...(blocks[block]?.content.scopes ?? []), ...check.queries.flatMap((query) => query.scopes)]
  return scopes.some(({ type }) => type === 'key')
}

/** A variable in place of the label or of the value could stand for anything, and so for another value than the requested one. */
function assertSameValue(predicate: Predicate, requested: ReadonlyMap<string, string>, placed: PlacedCheck): void {
  if (predicate.name !== 'designation' || predicate.terms.length !== 2) return
  const [label, value] = predicate.terms
  for (const [requestedLabel, requestedValue] of requested) {
    if (isString(label) && label.value !== requestedLabel) continue
    if (isString(label) && isString(value, requestedValue)) continue
    throw new CapabilityError(requestedLabel === ANCHOR ? 'wrong_anchor' : 'wrong_designation', {
      label: requestedLabel,
      expected: isString(value) ? value.value : undefined,
      actual: requestedValue,
      block: placed.block,
      check: placed.index,
    })
  }
}
