import { CapabilityError } from './capability-error.ts'

export type Clock = () => number

export const systemClock: Clock = () => Date.now() / 1000

/**
 * The time in whole Unix seconds.
 *
 * @throws `CapabilityError`: `unavailable` if the clock throws or returns no time, because nothing can be decided
 *   without it.
 */
export function readClock(now: Clock): number {
  let seconds: number
  try {
    seconds = now()
  } catch (cause) {
    throw new CapabilityError('unavailable', { cause })
  }
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) throw new CapabilityError('unavailable')
  return Math.floor(seconds)
}
