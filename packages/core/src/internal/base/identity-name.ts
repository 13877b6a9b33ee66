import { utf8Length } from './bytes.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { isNormalized, NOT_NORMALIZED } from './normalized.ts'
import { checkName } from './options.ts'

/** Separates the segments of a name. The holder of `agent:alice` may be allowed to delegate to `agent:alice:helper`. */
const DELIMITER = ':'

/** Characters that end a line, are invisible, or could make a printed name look like a statement. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"'\\]/u

/** With fewer segments a delegatable name would cover a whole class: `agent` could speak as every agent. */
const LEAST_DELEGATABLE_SEGMENTS = 2

/**
 * Checks a name to be written into a token.
 *
 * @throws `TypeError` that starts with `option`.
 */
export function checkIdentityName(option: string, name: unknown, delegatable: boolean): asserts name is string {
  checkName(option, name)
  const problem = problemOf(name, delegatable)
  if (problem !== undefined) throw new TypeError(`${option}: ${problem}`)
}

/** Whether a name from a token or a request is one that could have been minted. */
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

/** The names above a name, the nearest last: of `agent:alice:job`, `agent` and `agent:alice`. */
export function namesAbove(name: string): string[] {
  const segments = name.split(DELIMITER)
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join(DELIMITER))
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
