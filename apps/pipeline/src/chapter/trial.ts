/** One thing that is tried, and what came of it. */
export interface Trial {
  /** For people. */
  readonly tried: string
  /** The one fact that lets it pass or stops it, for people. */
  readonly because: string
  /** Whether it was possible. */
  readonly passed: boolean
  /** Whether that is what the model promises. */
  readonly kept: boolean
}

export const passes = (tried: string, because: string, passed: boolean): Trial => ({
  tried,
  because,
  passed,
  kept: passed,
})

export const isStopped = (tried: string, stopped: string | undefined): Trial => ({
  tried,
  because: stopped ?? 'nothing',
  passed: stopped === undefined,
  kept: stopped !== undefined,
})
