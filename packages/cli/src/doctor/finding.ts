/** One thing that was looked at. */
export interface Finding {
  /** What was looked at: `clock`. */
  readonly what: string
  readonly state: 'good' | 'wrong' | 'silent' | 'absent'
  /** What was found, in words. No value of a stranger. */
  readonly found: string
  /** What to do, where something is wrong. */
  readonly advice?: string | undefined
}

export const good = (what: string, found: string): Finding => ({ what, state: 'good', found })
export const wrong = (what: string, found: string, advice: string): Finding => ({ what, state: 'wrong', found, advice })
/** Something does not answer. */
export const silent = (what: string, found: string, advice: string): Finding => ({
  what,
  state: 'silent',
  found,
  advice,
})
/** There is nothing to look at, which is no fault. */
export const absent = (what: string, found: string): Finding => ({ what, state: 'absent', found })
