import Table from 'cli-table3'
import type { Outcome } from '../run-steps.ts'
import { type Answer, passes } from '../step.ts'
import { inTime, inWords, verdictOf } from './format.ts'
import type { HopTimes } from './hops-of.ts'
import type { Page } from './page.ts'

/** The columns beside the request, the space at the end of each included. */
const VERDICT_WIDTH = 8
const ANSWER_WIDTH = 21
const TIME_WIDTH = 8
/** A rule below the head, and no other line. */
const CHARS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'right', 'right-mid', 'middle', 'mid-mid'],
  ].map((part) => [part, '']),
)
const STYLE = { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 }

/** Every step: what was asked, and the answer, with the promised one if it differs. */
export function printSteps(page: Page, outcomes: readonly Outcome[]): void {
  const { width, colours } = page
  // The space at the end of a line is not printed.
  const request = width + 1 - VERDICT_WIDTH - ANSWER_WIDTH - TIME_WIDTH
  const table = tableOf(page, ['Verdict', 'Request', 'Answer', 'Time'], {
    colWidths: [VERDICT_WIDTH, request, ANSWER_WIDTH, TIME_WIDTH],
    wordWrap: true,
  })
  for (const outcome of outcomes) {
    const { step, answer, kept, milliseconds } = outcome
    const { verdict, colour } = verdictOf(outcome.kept, passes(outcome.answer), colours)
    const lines = [...inTwo(answer), ...(kept ? [] : inTwo(step.promise, 'promised: '))]
    // Colours end with their line, or they would run into the next cell.
    const answered = lines.map(colour).join('\n')
    const asked = `${colours.cyan(step.at)} ${step.request}`
    table.push([colour(verdict), `${step.tried}\n${asked}`, answered, inTime(milliseconds)])
  }
  print(page, table)
}

/** The status, and below it the code. */
function inTwo(answer: Answer, before = ''): string[] {
  const [status, ...words] = inWords(answer).split(' ')
  return [`${before}${status}`, words.join(' ')]
}

/** What verification cost at each service. */
export function printHops(page: Page, hops: readonly HopTimes[]): void {
  const { colours } = page
  const table = tableOf(page, ['Service', 'Passed', 'Stopped', 'Median', 'Slowest'], {
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  })
  for (const { service, passed, stopped, median, slowest } of hops)
    table.push([colours.cyan(service), passed, stopped, optional(median), optional(slowest)])
  print(page, table)
}

function optional(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '-' : inTime(milliseconds)
}

function tableOf({ colours }: Page, head: readonly string[], options: object): Table.Table {
  return new Table({ head: head.map((title) => colours.bold(title)), chars: CHARS, style: STYLE, ...options })
}

/** Without spaces at the ends of lines; the rule ends where they do. */
function print({ width, write }: Page, table: Table.Table): void {
  write('')
  for (const line of table.toString().split('\n')) write(/^─+$/.test(line) ? line.slice(0, width) : line.trimEnd())
}
