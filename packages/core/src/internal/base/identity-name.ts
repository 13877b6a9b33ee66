import { utf8Length } from './bytes.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { isNormalized, NOT_NORMALIZED } from './normalized.ts'
import { checkName } from './options.ts'

/** What stands between the segments of an identity's name: whoever is `agent:alice` may be allowed to make `agent:alice:helper`. */
const DELIMITER = ':'

/** What ends a line, hides, or could make a printed name look like a statement. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"'\\]/u

/** A name of fewer segments is a whole class: who may speak for all of `agent` is every agent. */
const LEAST_DELEGATABLE_SEGMENTS = 2

/** Checks a name that a token is to hold. Errors: `TypeError` that starts with `option`. */
export function checkIdentityName(option: string, name: unknown, delegatable: boolean): asserts name is string {
  checkName(option, name)
  const problem = problemOf(name, delegatable)
  if (problem !== undefined) throw new TypeError(`${option}: ${problem}`)
}

/** Whether a name that somebody else chose is one that could have been minted. */
export function isIdentityName(name: string, delegatable: boolean): boolean {
  return utf8Length(name) <= DEFAULT_LIMITS.stringBytes && problemOf(name, delegatable) === undefined
}

export function segmentsOf(name: string): number {
  return name.split(DELIMITER).length
}

/** Whether `name` is below `parent`, at any depth. */
export function isBelow(name: string, parent: string): boolean {
  return name.startsWith(parent + DELIMITER)
}

function problemOf(name: string, delegatable: boolean): string | undefined {
  const segments = name.split(DELIMITER)
  if (segments.includes('')) return `must not have an empty segment, between "${DELIMITER}" or at an end`
  if (FORBIDDEN.test(name)) return 'must not contain control or format characters, quotes or backslashes'
  if (!isNormalized(name)) return NOT_NORMALIZED
  if (delegatable && segments.length < LEAST_DELEGATABLE_SEGMENTS) {
    return `must have at least ${LEAST_DELEGATABLE_SEGMENTS} segments to be delegatable, as in "agent${DELIMITER}alice"`
  }
  return undefined
}
