import { type Duration, parseDuration, printable } from '@writ/core/verify'

/** As many UTF-16 units as a string of a token may have bytes, or fewer: the authority judges the rest. */
const MAX_LENGTH = 4096

/** Checks that a value is an object with no members but these, so that a misspelt one is not taken for absent. */
export function checkMembers(name: string, value: unknown, allowed: Readonly<Record<string, true>>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name}: must be an object`)
  }
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(allowed, key))
  if (unknown === undefined) return
  throw new TypeError(`${name}.${printable(unknown)}: unknown, must be one of ${Object.keys(allowed).join(', ')}`)
}

export function readText(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name}: must be a text that is not empty`)
  if (value.length > MAX_LENGTH || !value.isWellFormed()) {
    throw new TypeError(`${name}: must be well-formed Unicode of at most ${MAX_LENGTH} characters`)
  }
  return value
}

/** As long as any token that is read. */
const MAX_TOKEN = 65_536

/** @param what - What the value must be: `an identity token`. */
export function readToken(name: string, value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_TOKEN)
    throw new TypeError(`${name}: must be ${what}`)
  return value
}

/** Returns the labels and values. An absent value is refused: without it the right is wider. */
export function readDesignations(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === undefined) return []
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  if (prototype !== null && (prototype === undefined || Object.getPrototypeOf(prototype) !== null)) {
    throw new TypeError(`${name}: must be a plain object from label to value`)
  }
  return Object.entries(value as object).map(
    ([label, named]) => [label, readText(`${name}.${printable(label)}`, named)] as const,
  )
}

export function readSeconds(name: string, value: Duration | undefined, otherwise: Duration): number {
  return parseDuration(name, value ?? otherwise)
}

export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${name}: must be a function`)
}
