import { count, verdictOf } from './format.ts'
import type { Page } from './page.ts'
import { INDENT, printKept, printVerdict } from './print-verdict.ts'
import { wrap } from './wrap.ts'

/** What was tried in a chapter, and what came of it. */
export interface Trial {
  /** At most 43 characters. */
  readonly tried: string
  /** Who decided. */
  readonly at: string
  readonly because: string
  /** The code that is promised, and the one that came. `undefined`: it passes. */
  readonly promised?: string | undefined
  readonly code?: string | undefined
  readonly kept: boolean
  readonly milliseconds?: number | undefined
}

/** Says what a chapter is about. */
export function printChapter({ width, colours, write }: Page, title: string, introduction: string): void {
  write('')
  write(colours.bold(title))
  write('')
  for (const line of wrap(introduction, width)) write(line)
}

export function printTrial(page: Page, trial: Trial): void {
  const { because, promised, code, kept, milliseconds } = trial
  const verdict = verdictOf(kept, code === undefined, page.colours)
  printVerdict(page, verdict, trial, milliseconds)
  const reason = kept ? because : `promised was ${promised ?? 'that it passes'}`
  const room = page.width - INDENT.length
  const [first = '', ...more] = wrap(code === undefined ? reason : `${code}: ${reason}`, room)
  page.write(`${INDENT}${code === undefined ? first : verdict.colour(code) + first.slice(code.length)}`)
  for (const line of more) page.write(`${INDENT}${line}`)
}

/** The sum, counted from the answers, and where to go from here; returns the exit code. */
export function printChapterEnd(
  page: Page,
  trials: readonly Trial[],
  seconds: number,
  [folder, what]: readonly [folder: string, what: string],
): 0 | 1 {
  const kept = trials.filter((one) => one.kept)
  const passed = kept.filter(({ code }) => code === undefined).length
  const sum = `${count(passed, 'attempt')} passed, ${count(kept.length - passed, 'attempt')} stopped.`
  printKept(page, { kept: kept.length, all: trials.length, seconds, sum })
  if (kept.length < trials.length) return 1
  page.write('')
  page.write(`  ${page.colours.cyan(folder.padEnd(24))} ${what}`)
  return 0
}
