import { toHex, utf8 } from '../../internal/base/bytes.ts'
import { isNormalized, NOT_NORMALIZED } from '../../internal/base/normalized.ts'
import { checkName } from '../../internal/base/options.ts'

/** Joins the members of a compound label. */
const SEPARATOR = '&'

const UNSAFE = /[\p{Cc}"'\\]/u

/** Checks an exposure label. Errors: `TypeError` that starts with `name`. */
export function checkLabel(name: string, label: unknown): asserts label is string {
  checkName(name, label)
  const fault = faultOf(label)
  if (fault !== undefined) throw new TypeError(`${name}: ${fault}`)
}

/** Checks a list of exposure labels; returns each once. Errors: `TypeError` that starts with `name`, or with `name[index]`. */
export function checkLabels(name: string, labels: unknown): readonly string[] {
  if (!Array.isArray(labels)) throw new TypeError(`${name}: must be an array of labels`)
  for (const [index, label] of labels.entries()) checkLabel(`${name}[${index}]`, label)
  return [...new Set<string>(labels)]
}

/** Why a string can be no label, if it cannot: two spellings of one label would let an exclusion miss an exposure. */
export function faultOf(label: string): string | undefined {
  if (UNSAFE.test(label)) return 'must not have control characters, quotes or backslashes'
  if (!isNormalized(label)) return NOT_NORMALIZED
  const members = membersOf(label)
  if (members.includes('') || label !== joinMembers(members)) {
    return `must have what "${SEPARATOR}" joins once each and in order, as compoundLabel writes it`
  }
  return undefined
}

/** The members of a compound label; of a plain one, itself. */
export function membersOf(label: string): readonly string[] {
  return label.split(SEPARATOR)
}

/** Each once, in the order of their bytes in UTF-8: that of the Hessra open core, whatever the locale. */
export function joinMembers(members: readonly string[]): string {
  const byBytes = new Map(members.map((member) => [toHex(utf8(member)), member]))
  return [...byBytes.keys()]
    .sort()
    .map((key) => byBytes.get(key))
    .join(SEPARATOR)
}
