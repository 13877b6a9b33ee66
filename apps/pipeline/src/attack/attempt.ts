/** Who decides about something that is tried. */
export type Decider = 'authority' | 'depot' | 'token' | 'runner' | 'machine'

/** What a compromised job has tried. */
export interface Attempt {
  readonly tried: string
  readonly at: Decider
  /** The one fact that stops it. */
  readonly because: string
  /** The code with which it must be stopped. */
  readonly promised: string
  /** The code with which it was stopped. `undefined`: it was not. */
  readonly code?: string | undefined
}

/** What a line of such a job begins with. */
export const ATTEMPT = 'attempt '
