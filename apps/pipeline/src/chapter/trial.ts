import type { Decider } from '../attack/attempt.ts'

/** One thing that is tried, and what came of it. */
export interface Trial {
  /** For people: at most 43 characters. */
  readonly tried: string
  /** Who decides. */
  readonly at: Decider
  /** The one fact that lets it pass or stops it, for people. */
  readonly because: string
  /** The code with which it must be stopped. Default: it must pass. */
  readonly promised?: string | undefined
  /** The code with which it was stopped, or `undefined` if it passed. */
  readonly code: string | undefined
  /** Whether it is what was promised. */
  readonly kept: boolean
}

/** Who tells it. */
export interface Teller {
  readonly scene: (title: string) => void
  readonly told: (trial: Trial) => void
}

export function judge(trial: Omit<Trial, 'kept'>): Trial {
  return { ...trial, kept: trial.code === trial.promised }
}
