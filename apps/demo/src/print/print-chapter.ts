import { count, inTime } from './format.ts'
import type { Page } from './page.ts'
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

/** What is below a verdict stands right of it. */
const INDENT = ' '.repeat(11)
const PLACE_WIDTH = 9
const TIME_WIDTH = 7

/** Says what a chapter is about. */
export function printChapter({ width, colours, write }: Page, title: string, introduction: string): void {
  write('')
  write(colours.bold(title))
  write('')
  for (const line of wrap(introduction, width)) write(line)
}

export function printScene({ width, colours, write }: Page, title: string): void {
  write('')
  for (const line of wrap(title, width)) write(colours.bold(line))
  write('')
}

export function printTrial({ width, colours, write }: Page, trial: Trial): void {
  const { tried, at, because, promised, code, kept, milliseconds } = trial
  const [verdict, paint] = !kept
    ? (['DIFFERS', colours.inverse] as const)
    : code === undefined
      ? (['PASSED', colours.green] as const)
      : (['STOPPED', colours.red] as const)
  const colour = (text: string) => colours.bold(paint(text))
  const time = milliseconds === undefined ? '' : ` ${inTime(milliseconds).padStart(TIME_WIDTH)}`
  const right = `${at.padEnd(PLACE_WIDTH)}${time}`
  const room = width - INDENT.length - right.length - 1
  write(`  ${colour(verdict)}${' '.repeat(9 - verdict.length)}${tried.padEnd(room)} ${colours.dim(right)}`)
  const reason = kept ? because : `promised was ${promised ?? 'that it passes'}`
  const [first = '', ...more] = wrap(code === undefined ? reason : `${code}: ${reason}`, width - INDENT.length)
  write(`${INDENT}${code === undefined ? first : colour(code) + first.slice(code.length)}`)
  for (const line of more) write(`${INDENT}${line}`)
}

/** The sum, counted from the answers; returns the exit code. */
export function printChapterEnd(
  { colours, write }: Page,
  trials: readonly Trial[],
  seconds: number,
  where: readonly [folder: string, what: string],
): 0 | 1 {
  const kept = trials.filter((one) => one.kept)
  const passed = kept.filter(({ code }) => code === undefined).length
  const time = seconds.toFixed(1)
  write('')
  if (kept.length < trials.length) {
    write(colours.bold(colours.inverse(`${kept.length} of ${trials.length} answers are as promised, in ${time} s.`)))
    return 1
  }
  const sum = `${count(passed, 'attempt')} passed, ${count(kept.length - passed, 'attempt')} stopped.`
  write(colours.bold(colours.green(sum)))
  write(`All ${kept.length} answers are as promised, in ${time} s.`)
  write('')
  write(`  ${colours.cyan(where[0].padEnd(24))} ${where[1]}`)
  return 0
}
