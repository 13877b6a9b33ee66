import { CapabilityError } from './capability-error.ts'

export type Clock = () => number

export const systemClock: Clock = () => Date.now() / 1000

/** Whole Unix seconds. Errors: `unavailable` for a clock that throws or tells no time: nothing can be decided by it. */
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
