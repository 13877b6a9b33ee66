/** The options that the list and the ledger share. */
export interface StoreOptions {
  /** What the keys start with. Printable ASCII without spaces. */
  readonly prefix?: string | undefined
  /** Milliseconds to wait for an answer. 1 to 60000, default 1000. */
  readonly timeout?: number | undefined
  /** How many commands may wait for an answer, including those that were given up. Above it they are refused. Default 1000. */
  readonly maxPending?: number | undefined
}

const STORE_OPTIONS = { prefix: true, timeout: true, maxPending: true } satisfies Record<keyof StoreOptions, true>

const LONGEST_TIMEOUT = 60_000
const MOST_PENDING = 1_000_000

/** Returns the options with their defaults. */
export function readStoreOptions(
  options: StoreOptions,
  defaultPrefix: string,
): { prefix: string; timeout: number; maxPending: number } {
  checkKeys(options, STORE_OPTIONS)
  const { prefix = defaultPrefix, timeout, maxPending = 1000 } = options
  if (typeof prefix !== 'string' || !/^[!-~]{1,100}$/.test(prefix)) {
    throw new TypeError('prefix: must be 1 to 100 characters of printable ASCII, without spaces')
  }
  if (!Number.isInteger(maxPending) || maxPending < 1 || maxPending > MOST_PENDING) {
    throw new TypeError(`maxPending: must be a whole number of commands from 1 to ${MOST_PENDING}`)
  }
  return { prefix, timeout: readTimeout(timeout), maxPending }
}

/** Returns a number of milliseconds that a timer takes; default 1000. */
export function readTimeout(timeout: number = 1000): number {
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT) {
    throw new TypeError(`timeout: must be a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT}`)
  }
  return timeout
}

/** The names of the options of one interface: `satisfies Record<keyof Options, true>` keeps them complete. */
type OptionNames = Readonly<Record<string, true>>

/** Checks that `options` is an object with no keys but `names`; the error names the key. */
export function checkKeys(options: unknown, names: OptionNames): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError('options: must be an object')
  }
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(names, key))
  if (unknown === undefined) return
  throw new TypeError(`${unknown}: unknown option, must be one of ${Object.keys(names).join(', ')}`)
}

/** Returns a revocation id in lower case, safe within a key; the error for anything else starts with `name`. */
export function readId(name: string, id: unknown): string {
  if (typeof id !== 'string' || id.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(id)) {
    throw new TypeError(`${name}: must be hex of even length`)
  }
  return id.toLowerCase()
}

/**
 * The years 2001 to 5138. A lifetime in seconds, or a time in milliseconds, is a mistake that would undo a revocation or keep it
 * for good.
 */
const PLAUSIBLE_SECONDS = { first: 1e9, last: 1e11 }

/** Whether a value is a point in time, in whole Unix seconds. */
export function isExpiresAt(value: unknown): value is number {
  const { first, last } = PLAUSIBLE_SECONDS
  return Number.isInteger(value) && (value as number) >= first && (value as number) <= last
}

/** Checks that a value is a point in time, in whole Unix seconds. */
export function checkExpiresAt(expiresAt: unknown): asserts expiresAt is number {
  if (!isExpiresAt(expiresAt)) throw new TypeError('expiresAt: must be a point in time, in whole Unix seconds')
}
