import { CapabilityError, type CapabilityErrorCode } from '../base/capability-error.ts'
import { ANCHOR, FACET } from '../base/labels.ts'
import type { PlacedCheck } from '../evaluate/check.ts'
import { type Check, isString, type Predicate, type Term } from '../token/datalog.ts'

/**
 * The code for a failed check, by the predicate that it asks about; the first row that applies. `time` is not in this
 * list: plain expiry checks ran earlier, so a failing time check may be a "not before", which renewing does not fix.
 */
const CODES: readonly (readonly [predicate: string, code: CapabilityErrorCode])[] = [
  ['activation', 'not_activated'],
  ['actor', 'wrong_subject'],
  ['actor_depth', 'wrong_subject'],
  ['subject', 'wrong_subject'],
  ['resource', 'wrong_resource'],
  ['operation', 'wrong_operation'],
]

/**
 * The refusal for a check that failed.
 *
 * @param asserted - The designations that the verifier asserted.
 */
export function failedCheck(
  { check, block, index }: PlacedCheck,
  asserted: ReadonlyMap<string, string>,
): CapabilityError {
  const place = { block, check: index }
  const mentioned = check.queries.flatMap(({ body }) => body)
  const designations = mentioned.map(designationOf).filter((designation) => designation !== undefined)
  const unmet = designations.find((designation) => !isMet(designation, asserted))
  // If all designations are met, another part of the check failed. The first designation is then reported.
  const reported = unmet ?? designations[0]
  if (reported !== undefined) {
    const { label, value: expected } = reported
    const actual = asserted.get(label)
    return new CapabilityError(designationCode(label, actual), { ...place, label, expected, actual })
  }
  const exposure = mentioned.find(({ name }) => name === 'exposure')
  if (exposure !== undefined) return new CapabilityError('exposed', { ...place, label: textOf(exposure.terms[0]) })
  const [, code] = CODES.find(([name]) => mentioned.some((predicate) => predicate.name === name)) ?? []
  return new CapabilityError(code ?? 'check_failed', { ...place, expected: keyNamedBy(check) })
}

/** The key whose holder would have to satisfy the check, if it names one. */
function keyNamedBy({ queries }: Check): string | undefined {
  const scope = queries.flatMap(({ scopes }) => scopes).find(({ type }) => type === 'key')
  return scope?.type === 'key' ? scope.publicKey : undefined
}

/** A designation that a check asks for. The value is `undefined` where the check has a variable. */
interface AskedDesignation {
  readonly label: string
  readonly value: string | undefined
}

/** The designation that a predicate asks for, if its label is a constant. */
function designationOf({ name, terms: [label, value] }: Predicate): AskedDesignation | undefined {
  if (name !== 'designation' || !isString(label)) return undefined
  return { label: label.value, value: textOf(value) }
}

function textOf(term: Term | undefined): string | undefined {
  return isString(term) ? term.value : undefined
}

/** A variable is met by any value. */
function isMet({ label, value }: AskedDesignation, asserted: ReadonlyMap<string, string>): boolean {
  return value === undefined ? asserted.has(label) : asserted.get(label) === value
}

function designationCode(label: string, actual: string | undefined): CapabilityErrorCode {
  if (label === ANCHOR) return 'wrong_anchor'
  if (label === FACET) return 'already_used'
  return actual === undefined ? 'missing_designation' : 'wrong_designation'
}
