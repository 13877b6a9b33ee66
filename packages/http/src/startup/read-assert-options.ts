import { checkKeys, isRecord } from '../internal/options.ts'

/** What `assertGuarded` of an adapter takes as it is. */
export interface AssertOptions {
  /** Handlers, and names of handlers or paths, that need no guard. Default: none. */
  readonly opaque?: readonly (string | ((...args: never[]) => unknown))[] | undefined
  /** Whether what may answer before a guard is reported too. Default `false`. */
  readonly strict?: boolean | undefined
}

const NAMES = { opaque: true, strict: true } satisfies Record<keyof AssertOptions, true>

/**
 * Reads the options of an adapter's `assertGuarded`.
 *
 * @param options - The options as they were given.
 * @returns The options with their defaults.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { readAssertOptions } from '@writ/http'
 *
 * console.log(readAssertOptions({ strict: true })) // { opaque: [], strict: true }
 * ```
 */
export function readAssertOptions(options: AssertOptions): {
  opaque: readonly (string | ((...args: never[]) => unknown))[]
  strict: boolean
} {
  if (!isRecord(options)) throw new TypeError('options: must be an object')
  checkKeys(options, NAMES)
  const { opaque = [], strict = false } = options as AssertOptions
  if (
    !Array.isArray(opaque) ||
    !opaque.every((one) => (typeof one === 'string' && one !== '') || typeof one === 'function')
  )
    throw new TypeError('opaque: must be an array of names and functions')
  if (typeof strict !== 'boolean') throw new TypeError('strict: must be true or false')
  return { opaque, strict }
}
