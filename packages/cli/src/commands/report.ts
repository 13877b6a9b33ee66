import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { printable } from '@writ/core'
import { usageError } from '../cli-error.ts'
import type { Action, Register } from '../command.ts'
import type { Io } from '../io.ts'
import { DecisionReport, type ReportedRoute } from '../report/decision-report.ts'
import { readLines } from '../report/read-lines.ts'

/** So many callers of a code are named. */
const NAMED = 3

interface Options {
  readonly log?: string
}

/** `writ report` */
export const registerReport: Register = (program, define) => {
  const command = program
    .command('report')
    .summary('what guards in report mode would refuse, and why')
    .description('from the logs of report mode: what would be refused, why, to whom, and what to do about it')
    .option('--log <file>', 'lines of JSON, as decisionEntry of @writ/http makes them. Default: a pipe')
    .addHelpText('after', '\nExample:\n  writ report < decisions.log')
  define(command, report)
}

const report: Action<Options> = async (io, { log }) => {
  const { ADVICE } = await import('@writ/http')
  const found = new DecisionReport()
  for await (const line of readLines(openLog(io, log))) found.add(line)
  const { routes, decisions, skipped } = found
  const advice = new Map(Object.entries(ADVICE).map(([code, { advice }]) => [code, advice]))
  const lines = routes.flatMap((route) => describe(route, advice))
  const refused = routes.reduce((sum, route) => sum + route.refused, 0)
  const rest = skipped === 0 ? '' : `, ${skipped} other lines`
  const sum = `${decisions} decisions${rest}; ${refused} would be refused`
  return { text: [sum, ...lines].join('\n'), json: { decisions, skipped, routes } }
}

function openLog({ stdin, folder }: Io, file: string | undefined): Readable {
  if (file !== undefined) return createReadStream(resolve(folder, file))
  if (stdin.isTTY === true) throw usageError('--log: name a file, or pipe the log in')
  return stdin
}

function describe(route: ReportedRoute, advice: ReadonlyMap<string, string>): readonly string[] {
  const { operation, resource, decisions, refused, codes } = route
  const head = `${printable(operation)} ${printable(resource)}: ${refused} of ${decisions} would be refused`
  const lines = codes.flatMap(({ code, count, callers, example }) => {
    const named = callers.slice(0, NAMED).map(({ subject, count: times }) => `${printable(subject)} (${times})`)
    const more = callers.length > NAMED ? [`${callers.length - NAMED} more`] : []
    const from = named.length === 0 ? '' : `, from ${[...named, ...more].join(', ')}`
    const known = advice.get(code)
    const such = example === undefined ? [] : [`    such as ${printable(example)}`]
    return [`  ${printable(code)}: ${count}${from}`, ...such, ...(known === undefined ? [] : [`    ${known}`])]
  })
  return ['', head, ...lines]
}
