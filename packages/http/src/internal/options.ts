/** Whether a value is an object that may hold options. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The names of the options of one interface: `satisfies Record<keyof Options, true>` keeps them complete. */
export type OptionNames = Readonly<Record<string, true>>

/** Checks that an object has no keys but `names`; the error says `prefix` before the name of the key. */
export function checkKeys(value: Record<string, unknown>, names: OptionNames, prefix = ''): void {
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(names, key))
  if (unknown === undefined) return
  throw new TypeError(`${prefix}${unknown}: unknown option, must be one of ${Object.keys(names).join(', ')}`)
}

/** Checks that a value is `undefined` or a string that is not empty; the error names `key`. */
export function checkText(key: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === ''))
    throw new TypeError(`${key}: must be a string that is not empty`)
}

/** Checks that a value is `undefined` or one of `allowed`; the error names `key`. */
export function checkOneOf(key: string, value: unknown, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value as string))
    throw new TypeError(`${key}: must be one of ${allowed.join(', ')}`)
}

/** Checks that a value is `undefined` or a function; the error names `key`. */
export function checkFunction(key: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${key}: must be a function`)
}

/** Returns the name of a header in lower case; the error for anything else names `key`. */
export function readHeaderName(key: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(value))
    throw new TypeError(`${key}: must be the name of a header`)
  return value.toLowerCase()
}
