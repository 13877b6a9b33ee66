/** What both stores may be told. */
export interface StoreOptions {
  readonly prefix?: string | undefined
  readonly timeout?: number | undefined
  readonly maxPending?: number | undefined
}

const LONGEST_TIMEOUT = 60_000
const MOST_PENDING = 1_000_000

/** The options with their defaults. Errors: `TypeError` naming the option that is unknown or wrong. */
export function readStoreOptions(
  options: StoreOptions,
  defaultPrefix: string,
): { prefix: string; timeout: number; maxPending: number } {
  checkKeys(options, ['prefix', 'timeout', 'maxPending'])
  const { prefix = defaultPrefix, timeout, maxPending = 1000 } = options
  if (typeof prefix !== 'string' || !/^[!-~]{1,100}$/.test(prefix)) {
    throw new TypeError('prefix: must be 1 to 100 characters of printable ASCII, without spaces')
  }
  if (!Number.isInteger(maxPending) || maxPending < 1 || maxPending > MOST_PENDING) {
    throw new TypeError(`maxPending: must be a whole number of commands from 1 to ${MOST_PENDING}`)
  }
  return { prefix, timeout: readTimeout(timeout), maxPending }
}

/** Errors: `TypeError` unless it is a number of milliseconds that a timer takes; default 1000. */
export function readTimeout(timeout: number = 1000): number {
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT) {
    throw new TypeError(`timeout: must be a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT}`)
  }
  return timeout
}

/** Errors: `TypeError` for what is no object, or naming its first key that is not `allowed`. */
export function checkKeys(options: unknown, allowed: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError('options: must be an object')
  }
  const unknown = Object.keys(options).find((key) => !allowed.includes(key))
  if (unknown !== undefined) {
    throw new TypeError(`${JSON.stringify(unknown)}: unknown option, must be one of ${allowed.join(', ')}`)
  }
}

/** A revocation id in lower case, safe within a key. Errors: `TypeError` that starts with `name`. */
export function readId(name: string, id: unknown): string {
  if (typeof id !== 'string' || id.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(id)) {
    throw new TypeError(`${name}: must be hex of even length`)
  }
  return id.toLowerCase()
}

/** The years 2001 to 5138: a lifetime in seconds, or a time in milliseconds, is a mistake that would undo a revocation, or keep it for good. */
const PLAUSIBLE_SECONDS = { first: 1e9, last: 1e11 }

/** Errors: `TypeError` unless it is a point in time, in whole Unix seconds. */
export function checkExpiresAt(expiresAt: unknown): asserts expiresAt is number {
  const { first, last } = PLAUSIBLE_SECONDS
  if (!Number.isInteger(expiresAt) || (expiresAt as number) < first || (expiresAt as number) > last) {
    throw new TypeError('expiresAt: must be a point in time, in whole Unix seconds')
  }
}
