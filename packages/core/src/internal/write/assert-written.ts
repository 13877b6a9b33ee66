import { CapabilityError } from '../base/capability-error.ts'
import { DEFAULT_LIMITS } from '../base/limits.ts'
import { assertReadable } from '../read/read-token.ts'

/**
 * Refuses a token of our own making that no verifier would read: all that can cause it is size, since every value has been checked.
 * Errors: `TypeError` that starts with `name`.
 */
export function assertWritten(token: string, name: string): string {
  if (token.length > DEFAULT_LIMITS.textLength) {
    throw new TypeError(
      `${name}: the result would have ${token.length} characters, and no verifier reads more than ${DEFAULT_LIMITS.textLength}`,
    )
  }
  try {
    assertReadable(token)
  } catch (cause) {
    if (!(cause instanceof CapabilityError)) throw cause
    throw new TypeError(`${name}: no verifier would read the result (${cause.code})`, { cause })
  }
  return token
}

/** What to blame for a token that is too large: the option that takes most room. */
export function largestOf(options: Readonly<Record<string, unknown>>): string {
  const size = (value: unknown): number => JSON.stringify(value)?.length ?? 0
  return Object.entries(options).reduce((largest, next) => (size(next[1]) > size(largest[1]) ? next : largest))[0]
}
