const MOST = 10
const PER_REQUEST = 0.1
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2000

/**
 * How often may be asked again: ten times at once, and then once per ten requests. An authority that is down is so asked by
 * a tenth more, not by a multiple.
 */
export class RetryBudget {
  #left = MOST

  /** A first attempt earns a part of a retry. */
  earn(): void {
    this.#left = Math.min(MOST, this.#left + PER_REQUEST)
  }

  spend(): boolean {
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}

/** How long to wait before a retry (the first is number 0): any time up to a bound that doubles, so that clients spread. */
export function backOff(retry: number, random: () => number): number {
  return random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retry)
}
