/** Separates the segments of a name: `agent:alice:worker` is below `agent:alice`. */
const DELIMITER = ':'
const MAX_SEGMENTS = 64
/** No token holds a longer name. To list all names above it would take a time that grows with the square of its length. */
const MAX_LENGTH = 4096

/** Characters that end a line, are invisible, or could make a printed name look like a statement. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"'\\]/u

/** Why a name cannot be that of a subject, or `undefined`. The rules are those of `mintIdentity`. */
export function nameFault(name: string, delegatable: boolean): string | undefined {
  if (isTooDeep(name)) return `must not have more than ${MAX_SEGMENTS} segments`
  const segments = name.split(DELIMITER)
  if (segments.includes('')) return 'must not have an empty segment between colons'
  if (FORBIDDEN.test(name)) return 'must not have control or format characters, quotes or backslashes'
  if (name !== name.normalize('NFC')) return 'must be in Unicode normalization form C'
  if (delegatable && segments.length < 2)
    return 'must have at least two segments to be delegatable, as in "agent:alice"'
  return undefined
}

/** Whether a name has more segments than a name may have. */
export function isTooDeep(name: string): boolean {
  return name.split(DELIMITER, MAX_SEGMENTS + 1).length > MAX_SEGMENTS
}

/** Whether `name` is below `parent`, at any depth. */
export function isBelow(name: string, parent: string): boolean {
  return name.startsWith(parent + DELIMITER)
}

/** The names above a name, the nearest first; none for a name that is too long. */
export function namesAbove(name: string): readonly string[] {
  if (name.length > MAX_LENGTH) return []
  const above: string[] = []
  for (let end = name.lastIndexOf(DELIMITER); end > 0; end = name.lastIndexOf(DELIMITER, end - 1)) {
    above.push(name.slice(0, end))
  }
  return above
}
