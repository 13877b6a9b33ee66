/** Whether a value is an object whose own keys may be read as options. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Errors: `TypeError` naming the first key that is not in `known`. */
export function checkKeys(value: Record<string, unknown>, known: readonly string[], prefix = ''): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new TypeError(`${prefix}${key}: unknown option; known are ${known.join(', ')}`)
  }
}

/** Errors: `TypeError` naming `key` unless the value is `undefined` or a string that is not empty. */
export function checkText(key: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === ''))
    throw new TypeError(`${key}: must be a string that is not empty`)
}

/** Errors: `TypeError` naming `key` unless the value is `undefined` or one of `allowed`. */
export function checkOneOf(key: string, value: unknown, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value as string))
    throw new TypeError(`${key}: must be one of ${allowed.join(', ')}`)
}

/** Errors: `TypeError` naming `key` unless the value is `undefined` or a function. */
export function checkFunction(key: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${key}: must be a function`)
}

/** The name of a header, in lower case. Errors: `TypeError` naming `key`. */
export function readHeaderName(key: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(value))
    throw new TypeError(`${key}: must be the name of a header`)
  return value.toLowerCase()
}
