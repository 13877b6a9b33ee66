import { CapabilityError, type CapabilityErrorCode } from '../../capability-error.ts'
import type { PlacedCheck } from '../evaluate/check.ts'
import { isString, type Predicate } from '../token/datalog.ts'
import { ANCHOR, FACET, groundDesignation } from './designation.ts'

/**
 * What a check that is not satisfied tells, by what it asks about; the first that applies. Not the time: a token's plain ends are held
 * against the clock before, so what is left may as well be a beginning, for which nobody need renew.
 */
const CODES: readonly (readonly [predicate: string, code: CapabilityErrorCode])[] = [
  ['activation', 'not_activated'],
  ['subject', 'wrong_subject'],
  ['resource', 'wrong_resource'],
  ['operation', 'wrong_operation'],
]

/**
 * The refusal for a check that is not satisfied.
 *
 * @param asserted - The designations that the verifier asserted.
 */
export function failedCheck(
  { check, block, index }: PlacedCheck,
  asserted: ReadonlyMap<string, string>,
): CapabilityError {
  const place = { block, check: index }
  const mentioned = check.queries.flatMap(({ body }) => body)
  const label = mentioned.map(labelOf).find((name) => name !== undefined)
  if (label !== undefined) {
    const expected = mentioned.map(groundDesignation).find((pair) => pair?.label === label)?.value
    const actual = asserted.get(label)
    return new CapabilityError(designationCode(label, actual), { ...place, label, expected, actual })
  }
  const [, code] = CODES.find(([name]) => mentioned.some((predicate) => predicate.name === name)) ?? []
  return new CapabilityError(code ?? 'check_failed', place)
}

function labelOf({ name, terms: [label] }: Predicate): string | undefined {
  return name === 'designation' && isString(label) ? label.value : undefined
}

function designationCode(label: string, actual: string | undefined): CapabilityErrorCode {
  if (label === ANCHOR) return 'wrong_anchor'
  if (label === FACET) return 'already_used'
  return actual === undefined ? 'missing_designation' : 'wrong_designation'
}
