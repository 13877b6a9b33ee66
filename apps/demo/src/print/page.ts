import pc from 'picocolors'

export type Colours = ReturnType<typeof pc.createColors>

/** Where the demo prints. */
export interface Page {
  /** Columns. No line is longer. */
  readonly width: number
  readonly colours: Colours
  /** Prints one line. */
  readonly write: (line: string) => void
}

/** What is known of the output. */
export interface Output {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTTY: boolean | undefined
  /** Of a terminal. */
  readonly columns?: number | undefined
}

/** Below the first, words would not fit; above the second, lines are hard to read. */
const NARROWEST = 72
const WIDEST = 100
/** For a file or a pipe. */
const USUAL = 80

export function createPage(output: Output, write: Page['write']): Page {
  return { width: widthOf(output), colours: pc.createColors(hasColours(output)), write }
}

/** `COLUMNS` counts where there is no terminal. */
export function widthOf({ env, columns }: Output): number {
  const known = columns || Number(env['COLUMNS']) || USUAL
  return Math.min(Math.max(Math.floor(known), NARROWEST), WIDEST)
}

/** Colours are for people at a terminal: not for a CI job, unless it asks. `NO_COLOR` is stronger than `FORCE_COLOR`. */
export function hasColours({ env, isTTY }: Output): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTTY === true && env['TERM'] !== 'dumb'
}
