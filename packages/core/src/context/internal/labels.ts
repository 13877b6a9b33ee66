import { toHex, utf8 } from '../../internal/base/bytes.ts'
import { isNormalized, NOT_NORMALIZED } from '../../internal/base/normalized.ts'
import { checkName } from '../../internal/base/options.ts'

/** Joins the members of a compound label. */
const SEPARATOR = '&'

const UNSAFE = /[\p{Cc}"'\\]/u

/**
 * Checks an exposure label.
 *
 * @throws `TypeError` that starts with `name`.
 */
export function checkLabel(name: string, label: unknown): asserts label is string {
  checkName(name, label)
  const fault = faultOf(label)
  if (fault !== undefined) throw new TypeError(`${name}: ${fault}`)
}

/**
 * Checks a list of exposure labels, and returns each once.
 *
 * @throws `TypeError` that starts with `name`, or with `name[index]`.
 */
export function checkLabels(name: string, labels: unknown): readonly string[] {
  if (!Array.isArray(labels)) throw new TypeError(`${name}: must be an array of labels`)
  for (const [index, label] of labels.entries()) checkLabel(`${name}[${index}]`, label)
  return [...new Set<string>(labels)]
}

/**
 * Why a string cannot be a label, or `undefined`. A label has one spelling: with two, an exclusion could miss an
 * exposure.
 */
export function faultOf(label: string): string | undefined {
  if (UNSAFE.test(label)) return 'must not have control characters, quotes or backslashes'
  if (!isNormalized(label)) return NOT_NORMALIZED
  const members = membersOf(label)
  if (members.includes('') || label !== joinMembers(members)) {
    return `must have each part between "${SEPARATOR}" once and in order, as compoundLabel writes it`
  }
  return undefined
}

/** The members of a compound label, or a plain label itself. */
export function membersOf(label: string): readonly string[] {
  return label.split(SEPARATOR)
}

/**
 * Joins members, each once, in the order of their UTF-8 bytes. The Hessra open core uses this order; it ignores the
 * locale.
 */
export function joinMembers(members: readonly string[]): string {
  const byBytes = new Map(members.map((member) => [toHex(utf8(member)), member]))
  return [...byBytes.keys()]
    .sort()
    .map((key) => byBytes.get(key))
    .join(SEPARATOR)
}
