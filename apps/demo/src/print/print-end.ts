import type { Outcome } from '../run-steps.ts'
import { passes } from '../step.ts'
import type { Logs } from '../system/start-system.ts'
import { count } from './format.ts'
import { decisionsOf, type HopTimes } from './hops-of.ts'
import type { Page } from './page.ts'
import { printKept } from './print-verdict.ts'
import { wrap } from './wrap.ts'

/** What the operator of a service sees of a refusal. */
export function printLogEntry({ width, colours, write }: Page, logs: Logs): void {
  const entry = decisionsOf(logs.inventory).find(({ code }) => code === 'wrong_designation')
  if (entry === undefined) return
  const { subject, resource, operation, code, label, expected, actual } = entry
  write('')
  for (const line of wrap('The caller learns only the code. The log of inventory says what differed:', width))
    write(line)
  const fields = Object.entries({ subject, resource, operation, code, label, expected, actual })
  const text = fields.map(([key, value]) => `${key}=${value}`).join(' ')
  for (const line of wrap(text, width - 2)) write(`  ${colours.dim(line)}`)
}

/** The sum, counted from the answers. */
export function printSum(page: Page, outcomes: readonly Outcome[], seconds: number): void {
  const kept = outcomes.filter((outcome) => outcome.kept)
  const stopped = kept.filter(({ answer }) => !passes(answer))
  const mistakes = stopped.filter(({ step }) => step.isMistake).length
  const stops = [count(stopped.length - mistakes, 'attack'), ...(mistakes === 0 ? [] : [count(mistakes, 'mistake')])]
  const sum = `${count(kept.length - stopped.length, 'request')} passed, ${stops.join(' and ')} stopped.`
  printKept(page, { kept: kept.length, all: outcomes.length, seconds, sum })
}

/** What one check costs, in one line. */
export function printCost({ width, write }: Page, hops: readonly HopTimes[]): void {
  const medians = hops.flatMap(({ median }) => median ?? [])
  if (medians.length === 0) return
  const checks = hops.reduce((sum, { passed, stopped }) => sum + passed + stopped, 0)
  const [low, high] = [Math.min(...medians), Math.max(...medians)].map((median) => median.toFixed(1))
  const text = `The services checked ${count(checks, 'token')}. The median check took ${low} to ${high} ms, by service.`
  for (const line of wrap(text, width)) write(line)
}

/** Where to go from here. */
export function printHints({ colours, write }: Page): void {
  write('')
  for (const [what, why] of [
    ['npm run demo -- --keep', 'leaves them running, with a curl'],
    ['npm run demo -- --table', 'adds a table of all answers'],
    ['npm run demo -- --chapter agents', 'tells of an agent and its tools'],
    ['npm run demo -- --chapter pipeline', 'tells of jobs in a pipeline'],
    ['apps/demo/src/steps.ts', 'has each request and its answer'],
  ] as const)
    write(`  ${colours.cyan(what.padEnd(34))} ${why}`)
}
