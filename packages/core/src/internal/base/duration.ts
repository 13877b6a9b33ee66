/**
 * A length of time: whole seconds, or a whole number with a unit (`'30s'`, `'5m'`, `'2h'`, `'7d'`). Always more than
 * zero.
 */
export type Duration = number | string

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

/** As seconds this is in the year 5138, as milliseconds in 1973. */
const LAST_PLAUSIBLE_SECOND = 1e11

/**
 * Returns a duration in seconds.
 *
 * @param name - What the error calls it.
 * @throws `TypeError` that starts with `name`.
 *
 * @example
 * ```ts
 * import { parseDuration } from '@writ/core'
 *
 * console.log(parseDuration('expiresIn', '5m')) // 300
 * ```
 */
export function parseDuration(name: string, duration: Duration): number {
  const seconds = typeof duration === 'string' ? parseText(duration) : duration
  if (typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0) return seconds
  throw new TypeError(
    `${name}: must be a whole, positive number of seconds, or a string such as "30s", "5m", "2h" or "7d"`,
  )
}

function parseText(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,15})([smhd])$/.exec(text) ?? []
  return Number(count) * (SECONDS.get(unit) ?? Number.NaN)
}

/**
 * The end of a lifetime of `duration` that starts at `now()`, in Unix seconds.
 *
 * @throws `TypeError` that starts with `name`, or with `now:`.
 */
export function expirationOf(name: string, duration: Duration, now: () => number): number {
  const end = parseDuration(name, duration) + writersTime(now)
  if (!Number.isSafeInteger(end)) throw new TypeError(`${name}: ends too far in the future`)
  return end
}

/**
 * The time to write into a token, in whole Unix seconds.
 *
 * @throws `TypeError` that starts with `now:` if the clock returns no plausible time.
 */
export function writersTime(now: () => number): number {
  const start = now()
  if (typeof start !== 'number' || !Number.isFinite(start) || start < 0) {
    throw new TypeError('now: must return Unix seconds, a finite number that is not negative')
  }
  // `Date.now()` as the clock would mint tokens that live for 50,000 years.
  if (start > LAST_PLAUSIBLE_SECOND) throw new TypeError('now: must return seconds, not milliseconds')
  return Math.floor(start)
}
