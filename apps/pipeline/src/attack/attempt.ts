/** What a compromised job has tried. */
export interface Attempt {
  readonly tried: string
  /** By what it was stopped. `undefined`: by nothing. */
  readonly stopped?: string | undefined
}

/** What a line of such a job begins with. */
export const ATTEMPT = 'attempt '
