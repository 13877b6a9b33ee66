import Table from 'cli-table3'
import { colours, inColour, inWords, markOf } from './format.ts'
import { decisionsOf, type HopTimes } from './hops-of.ts'
import type { Write } from './print-story.ts'
import type { Outcome } from './run-steps.ts'
import type { Logs } from './start-system.ts'
import type { Answer } from './step.ts'

const { bold, cyan, dim, green, red } = colours

/** 100 columns, the space at the end of each included. */
const WIDTHS = [5, 23, 36, 18, 18]
/** A rule below the head, and no other line. */
const CHARS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'right', 'right-mid', 'middle', 'mid-mid'],
  ].map((part) => [part, '']),
)
const STYLE = { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 }

/** Every step in one table, what verification cost at each service in another, and the sum. */
export function printSummary(
  write: Write,
  outcomes: readonly Outcome[],
  logs: Logs,
  hops: readonly HopTimes[],
  seconds: number,
): void {
  printLogEntry(write, logs)
  write('')
  write(stepTable(outcomes))
  write('')
  write('What verifying cost, as each service logged it. The gateway verifies partners; users have sessions.')
  write('')
  write(hopTable(hops))
  const kept = outcomes.filter((outcome) => outcome.kept).length
  const sum = `${kept} of ${outcomes.length} answers are as promised, in ${seconds.toFixed(1)} s.`
  write('')
  write(bold(kept === outcomes.length ? green(`✓ ${sum}`) : red(`✗ ${sum}`)))
  write(dim('  The services are in apps/, the promises in apps/demo/src/steps.ts.'))
}

/** What the operator of a service sees of a refusal. */
function printLogEntry(write: Write, logs: Logs): void {
  const entry = decisionsOf(logs.inventory).find(({ code }) => code === 'wrong_designation')
  if (entry === undefined) return
  const { subject, resource, operation, code, label, expected, actual } = entry
  write('')
  write('A caller learns the code and no more. What did not match is in the log of inventory, for operators:')
  write(`  ${dim(inOneLine({ subject, resource, operation, code }))}`)
  write(`  ${dim(inOneLine({ label, expected, actual }))}`)
}

function inOneLine(entry: Readonly<Record<string, unknown>>): string {
  return Object.entries(entry)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

/** Two lines a row, so that it fits: method and path, status and code stand one above the other. */
function stepTable(outcomes: readonly Outcome[]): string {
  const table = tableOf(['Kept', 'What was tried', 'Request', 'Answer', 'Promised'], {
    colWidths: WIDTHS,
    wordWrap: true,
  })
  for (const { step, answer, kept } of outcomes) {
    const [method, path] = step.request.split(' ')
    const request = `${cyan(step.at)} ${method}\n${path}`
    table.push([markOf(kept), step.tried, request, inTwoLines(answer, inColour), inTwoLines(step.promise, dim)])
  }
  return textOf(table)
}

/** Colours end with their line, or they would run into the next cell. */
function inTwoLines(answer: Answer, colour: (text: string, answer: Answer) => string): string {
  const [status = '', ...words] = inWords(answer).split(' ')
  return [status, words.join(' ')].map((line) => colour(line, answer)).join('\n')
}

/** Nothing to wrap at the end of a line. */
function textOf(table: Table.Table): string {
  return table.toString().replaceAll(/ +$/gm, '')
}

function tableOf(head: readonly string[], options: object): Table.Table {
  return new Table({ head: head.map((title) => bold(title)), chars: CHARS, style: STYLE, ...options })
}

function hopTable(hops: readonly HopTimes[]): string {
  const table = tableOf(['Service', 'Allowed', 'Refused', 'First', 'Median'], {
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  })
  for (const { service, allowed, refused, first, median } of hops)
    table.push([cyan(service), allowed, refused, inTime(first), inTime(median)])
  return textOf(table)
}

function inTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '-'
  return milliseconds < 1 ? `${(milliseconds * 1000).toFixed(0)} µs` : `${milliseconds.toFixed(1)} ms`
}
