import { CapabilityError, type CapabilityErrorCode } from '../../capability-error.ts'
import type { PlacedCheck } from '../evaluate/check.ts'
import { type Check, isString, type Predicate, type Term } from '../token/datalog.ts'
import { ANCHOR, FACET } from './designation.ts'

/**
 * What a check that is not satisfied tells, by what it asks about; the first that applies. Not the time: a token's plain ends are held
 * against the clock before, so what is left may as well be a beginning, for which nobody need renew.
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
  const designations = mentioned.map(designationOf).filter((designation) => designation !== undefined)
  // Of several, the one that is not met; if something else is not, the first has to do.
  const [first] = designations
  const deciding = designations.find((designation) => !isMet(designation, asserted)) ?? first
  if (deciding !== undefined) {
    const { label, value: expected } = deciding
    const actual = asserted.get(label)
    return new CapabilityError(designationCode(label, actual), { ...place, label, expected, actual })
  }
  const exposure = mentioned.find(({ name }) => name === 'exposure')
  if (exposure !== undefined) return new CapabilityError('exposed', { ...place, label: textOf(exposure.terms[0]) })
  const [, code] = CODES.find(([name]) => mentioned.some((predicate) => predicate.name === name)) ?? []
  return new CapabilityError(code ?? 'check_failed', { ...place, expected: keyNamedBy(check) })
}

/** The key whose holder a check waits for, if it names one. */
function keyNamedBy({ queries }: Check): string | undefined {
  const scope = queries.flatMap(({ scopes }) => scopes).find(({ type }) => type === 'key')
  return scope?.type === 'key' ? scope.publicKey : undefined
}

/** A designation that a predicate names, if it names the label; the value may be a variable. */
function designationOf({
  name,
  terms: [label, value],
}: Predicate): { label: string; value: string | undefined } | undefined {
  if (name !== 'designation' || !isString(label)) return undefined
  return { label: label.value, value: textOf(value) }
}

function textOf(term: Term | undefined): string | undefined {
  return isString(term) ? term.value : undefined
}

/** A variable is met by any value. */
function isMet(
  { label, value }: { label: string; value: string | undefined },
  asserted: ReadonlyMap<string, string>,
): boolean {
  return value === undefined ? asserted.has(label) : asserted.get(label) === value
}

function designationCode(label: string, actual: string | undefined): CapabilityErrorCode {
  if (label === ANCHOR) return 'wrong_anchor'
  if (label === FACET) return 'already_used'
  return actual === undefined ? 'missing_designation' : 'wrong_designation'
}
