import { utf8Length } from './bytes.ts'
import { ANCHOR, FACET } from './labels.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { printable } from './printable.ts'
import { isWellFormed } from './well-formed.ts'

/** The names of the options of one interface. `satisfies Record<keyof Options, true>` keeps the list complete. */
export type OptionNames = Readonly<Record<string, true>>

/**
 * Checks that `value` is an object that has only `allowed` keys.
 *
 * @param name - The argument or member that holds the object. Members of the argument `options` are reported by their
 *   own names.
 * @throws `TypeError` that starts with `name`, or with the name of the unknown option.
 */
export function checkOptions(name: string, value: unknown, allowed: OptionNames): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name}: must be an object`)
  }
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(allowed, key))
  if (unknown === undefined) return
  const path = name === 'options' ? printable(unknown) : `${name}.${printable(unknown)}`
  throw new TypeError(`${path}: unknown option, must be one of ${Object.keys(allowed).join(', ')}`)
}

/** Checks a string to be written into a token: well formed, not empty, and within the limit for strings. */
export function checkName(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${name}: must be a string`)
  if (value === '') throw new TypeError(`${name}: must not be empty`)
  // A lone surrogate has no UTF-8, so on the wire it would turn into another string.
  if (!isWellFormed(value)) throw new TypeError(`${name}: must be well-formed Unicode, without lone surrogates`)
  if (utf8Length(value) > DEFAULT_LIMITS.stringBytes) {
    throw new TypeError(`${name}: must not be longer than ${DEFAULT_LIMITS.stringBytes} bytes in UTF-8`)
  }
}

export function checkBoolean(name: string, value: unknown): asserts value is boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${name}: must be true or false`)
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${name}: must be a function`)
}

/** Whether `checkDesignations` certainly takes a label. */
export function isLabel(label: string): boolean {
  return label !== '' && label.length <= SHORT && label !== ANCHOR && label !== FACET && isWellFormed(label)
}

/** A text of so many characters is within the limit for strings, whatever they are. */
const SHORT = 64

/** Checks a label that callers may choose. `name` is the path to it. */
function checkLabel(name: string, label: string): void {
  checkName(`${name} (label)`, label)
  if (label === ANCHOR) throw new TypeError(`${name}: the label is reserved, use the option "anchor"`)
  if (label === FACET) throw new TypeError(`${name}: the label is reserved`)
}

/**
 * Checks a string that is only compared with strings of tokens. It may be one that no token can hold: then it equals
 * none.
 */
export function checkString(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${name}: must be a string`)
}

/** Checks like `checkString`, and returns the string. */
export function readString(name: string, value: unknown): string {
  checkString(name, value)
  return value
}

/**
 * Checks an object from label to value, and returns it as a map.
 *
 * @param read - Checks one value and returns what to keep of it. Default: it must be a string that a token may hold.
 * @throws `TypeError` that starts with `name`, or with `<name>.<label>` for one entry.
 */
export function checkDesignations(name: string, value: unknown): ReadonlyMap<string, string>
export function checkDesignations<Value>(
  name: string,
  value: unknown,
  read: (name: string, value: unknown) => Value,
): ReadonlyMap<string, Value>
export function checkDesignations(
  name: string,
  value: unknown,
  read: (name: string, value: unknown) => unknown = readName,
): ReadonlyMap<string, unknown> {
  if (!isPlainObject(value)) throw new TypeError(`${name}: must be an object from label to value`)
  const entries = Object.entries(value)
  checkCount(name, entries.length)
  const designations = new Map<string, unknown>()
  for (const [label, designated] of entries) {
    const path = `${name}.${printable(label)}`
    checkLabel(path, label)
    designations.set(label, read(path, designated))
  }
  return designations
}

/**
 * Checks the number of checks to be written. A hundred thousand of them would take seconds before the result is found
 * too large.
 */
export function checkCount(name: string, count: number): void {
  if (count <= DEFAULT_LIMITS.checks) return
  throw new TypeError(`${name}: must not be more than ${DEFAULT_LIMITS.checks}, as many checks as a verifier reads`)
}

function readName(name: string, value: unknown): string {
  checkName(name, value)
  return value
}

/**
 * Whether an object's own members are all that it holds. A promise, a set or a class instance has no own members, so it
 * would look like an object that asks for nothing.
 */
export function isPlainObject(value: unknown): value is object {
  if (value === undefined || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Every realm has an Object.prototype of its own. It has no prototype, unlike those of functions, classes and
  // primitive values.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
