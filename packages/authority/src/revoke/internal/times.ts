import { LONGEST_LIFE_SECONDS } from '../../keys/longest-life.ts'

/** For so many seconds past its end a token still counts as alive: clocks run apart, and verifiers may tolerate a minute. */
export const CLOCK_MARGIN = 3600

/** When every token that exists now has expired. */
export function endOfAll(now: number): number {
  return Math.ceil(now) + LONGEST_LIFE_SECONDS
}
