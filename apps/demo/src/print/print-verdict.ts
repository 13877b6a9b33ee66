import { inTime, type Verdict } from './format.ts'
import type { Page } from './page.ts'
import { wrap } from './wrap.ts'

/** What is below a verdict stands right of it. */
export const INDENT: string = ' '.repeat(11)
const PLACE_WIDTH = 9
const TIME_WIDTH = 7

/** Says what the next things are about. */
export function printScene({ width, colours, write }: Page, title: string): void {
  write('')
  for (const line of wrap(title, width)) write(colours.bold(line))
  write('')
}

/**
 * One line: what was tried, where, and what came of it.
 *
 * @param milliseconds - How long it took. Default: nobody has measured it.
 */
export function printVerdict(
  { width, colours, write }: Page,
  { verdict, colour }: Verdict,
  { tried, at }: { readonly tried: string; readonly at: string },
  milliseconds?: number,
): void {
  const time = milliseconds === undefined ? '' : ` ${inTime(milliseconds).padStart(TIME_WIDTH)}`
  const right = `${at.padEnd(PLACE_WIDTH)}${time}`
  const room = width - INDENT.length - right.length - 1
  write(`  ${colour(verdict)}${' '.repeat(9 - verdict.length)}${tried.padEnd(room)} ${colours.dim(right)}`)
}

/**
 * Whether everything came as promised, in numbers.
 *
 * @param sum - What passed and what was stopped, if it did.
 */
export function printKept(
  { colours, write }: Page,
  {
    kept,
    all,
    seconds,
    sum,
  }: { readonly kept: number; readonly all: number; readonly seconds: number; readonly sum: string },
): void {
  const { bold, green, inverse } = colours
  const time = seconds.toFixed(1)
  write('')
  if (kept < all) write(bold(inverse(`${kept} of ${all} answers are as promised, in ${time} s.`)))
  else {
    write(bold(green(sum)))
    write(`All ${kept} answers are as promised, in ${time} s.`)
  }
}
