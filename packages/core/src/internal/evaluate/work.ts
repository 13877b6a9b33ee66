import { CapabilityError } from '../base/capability-error.ts'
import type { Term } from '../token/datalog.ts'

const BYTES_PER_STEP = 64

/**
 * Counts the steps of one verification. A time limit would refuse valid tokens on a busy machine, and stop a hostile
 * token only after the time was spent. A count gives the same token the same answer everywhere.
 */
export class Work {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  /** The steps that are left. */
  get left(): number {
    return this.#left
  }

  /** @throws `CapabilityError`: `limits_exceeded` if there are not so many steps left. */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new CapabilityError('limits_exceeded', { label: 'steps' })
  }
}

/** The steps for reading a term, in addition to the one for the operation. */
export function termSteps(term: Term): number {
  switch (term.type) {
    case 'string':
      // At most three bytes per UTF-16 unit. Counting them exactly would itself be work.
      return Math.floor((3 * term.value.length) / BYTES_PER_STEP)
    case 'bytes':
      return Math.floor(term.value.length / BYTES_PER_STEP)
    case 'set':
      return [...term.elements.values()].reduce((steps, element) => steps + 1 + termSteps(element), 0)
    default:
      return 0
  }
}
