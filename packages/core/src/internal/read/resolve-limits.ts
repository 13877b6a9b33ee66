import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts'
import { isPlainObject } from '../base/options.ts'

/**
 * No limit can be switched off: matching recurses once per predicate, and the depth of the call stack is not counted.
 */
const HIGHEST_FACTOR = 16

/**
 * The default limits, with those in `limits` replaced.
 *
 * @throws `TypeError` naming the limit that is unknown or out of range.
 */
export function resolveLimits(limits: Partial<Limits> = {}): Limits {
  if (!isPlainObject(limits)) throw new TypeError('limits: must be an object')
  const resolved: { -readonly [K in keyof Limits]: number } = { ...DEFAULT_LIMITS }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`limits.${name}: unknown limit`)
    if (value === undefined) continue
    const most = HIGHEST_FACTOR * DEFAULT_LIMITS[name as keyof Limits]
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new TypeError(`limits.${name}: must be a whole number from 1 to ${most}`)
    }
    resolved[name as keyof Limits] = value
  }
  return Object.freeze(resolved)
}
