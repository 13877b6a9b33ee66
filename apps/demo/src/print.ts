import { STATUS_CODES } from 'node:http'
import Table from 'cli-table3'
import pc from 'picocolors'
import type { Narrator, Outcome } from './run-steps.ts'
import type { Answer, Section } from './steps.ts'

/** Writes one or more lines. */
export type Write = (text: string) => void

/** Colours only for people: `picocolors` would also colour what a CI job captures. */
const colours = pc.createColors(pc.isColorSupported && (process.stdout.isTTY === true || 'FORCE_COLOR' in process.env))
const { bold, cyan, dim, green, red, yellow } = colours

/** At most 98 characters. A row is a table of its own, so that it can be printed as soon as its answer is there. */
const WIDTHS = [4, 37, 29, 23, 6]
const NO_LINES = Object.fromEntries(
  [
    ...['top', 'bottom', 'left', 'right', 'mid', 'left-mid', 'mid-mid', 'right-mid', 'middle'],
    ...['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ].map((part) => [part, '']),
)

function row(...cells: readonly string[]): string {
  const table = new Table({
    chars: NO_LINES,
    colWidths: WIDTHS,
    colAligns: ['right', 'left', 'left', 'left', 'right'],
    style: { 'padding-left': 0, 'padding-right': 1, head: [], border: [] },
  })
  table.push([...cells])
  return table.toString().trimEnd()
}

/** Says what is going on, in three lines, and what the columns are. */
export function printIntroduction(write: Write, sections: readonly Section[], url: string): void {
  const requests = sections.reduce((sum, { steps }) => sum + steps.length, 0)
  write('')
  write(bold(`Writ in ${requests} requests: what a capability token permits, and what it does not`))
  write('')
  write(
    `An authority has minted a token: ${cyan('service:webapp')} may ${cyan('read invoices')}, for five minutes. The billing`,
  )
  write(`service runs as a process of its own at ${cyan(url)}. It holds the public key, knows its`)
  write('own name and asks nobody: token and request decide. Each line below is one HTTP request to it.')
  write('')
  write(dim(row('', 'What is tried', 'Request', 'Answer', 'ms')))
}

/** Prints each answer when it comes. */
export function tableNarrator(write: Write): Narrator {
  return {
    section({ title }) {
      write('')
      write(`  ${bold(title)}`)
    },
    step({ step, answer, body, milliseconds, kept }) {
      const mark = kept ? green('✓') : red('✗')
      write(row(mark, step.tried, dim(step.request), inColour(answer), dim(milliseconds.toFixed(1))))
      if (!kept) write(`    ${red(`not as promised: ${inWords(step.promise)}`)}`)
      if (step.show) write(`    ${dim(JSON.stringify(body))}`)
    },
  }
}

/** What the operator of the service sees of all this, and the sum. */
export function printSummary(write: Write, outcomes: readonly Outcome[], log: string, seconds: number): void {
  const kept = outcomes.filter((outcome) => outcome.kept).length
  const entry = log.split('\n').find((line) => line.includes('"wrong_designation"'))
  write('')
  if (entry !== undefined) {
    write("A caller learns the code and no more. What did not match is in the service's log, for operators:")
    write(`    ${dim(inOneLine(JSON.parse(entry)))}`)
    write('')
  }
  const sum = `${kept} of ${outcomes.length} answers are as promised, in ${seconds.toFixed(1)} s.`
  write(bold(kept === outcomes.length ? green(`✓ ${sum}`) : red(`✗ ${sum}`)))
  write(dim('  The guards are in apps/billing/src/routes, the promises in apps/demo/src/steps.ts.'))
}

/** What a line of 100 columns has room for. */
const SHOWN = ['code', 'label', 'expected', 'actual', 'subject']

function inOneLine(entry: Readonly<Record<string, unknown>>): string {
  return SHOWN.map((key) => `${key}=${entry[key]}`).join(' ')
}

function inWords({ status, code }: Answer): string {
  return `${status} ${code ?? STATUS_CODES[status] ?? ''}`
}

function inColour(answer: Answer): string {
  const words = inWords(answer)
  return answer.status < 300 ? green(words) : yellow(words)
}
