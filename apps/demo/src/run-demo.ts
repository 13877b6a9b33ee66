import { setTimeout } from 'node:timers/promises'
import { createTokens, type TokenName } from './create-tokens.ts'
import { keepRunning } from './keep-running.ts'
import { hopsOf } from './print/hops-of.ts'
import type { Page } from './print/page.ts'
import { printCost, printHints, printLogEntry, printSum } from './print/print-end.ts'
import { printIntroduction, printSystem, storyNarrator } from './print/print-story.ts'
import { printHops, printSteps } from './print/print-table.ts'
import { type Outcome, runSteps } from './run-steps.ts'
import type { Section, ServiceName } from './step.ts'
import { startAuthority } from './system/start-authority.ts'
import { type Logs, type System, startSystem } from './system/start-system.ts'
import { warmUp } from './warm-up.ts'

export interface DemoOptions {
  /** Prints every answer and what verification cost in tables. Default: only if an answer is not the promised one. */
  readonly table?: boolean | undefined
  /** Leaves the services running until a signal. Default: ends them. */
  readonly keep?: boolean | undefined
  /** How often everything is done before it is timed. Default 6. */
  readonly warmUps?: number | undefined
}

interface Telling {
  readonly outcomes: readonly Outcome[]
  readonly warmUps: Readonly<Record<ServiceName, number>>
  readonly logs: Logs
}

const GRACE_MS = 100

/** Runs the steps against services of its own. The exit code is 0 if every promise was kept. */
export async function runDemo(
  sections: readonly Section[],
  page: Page,
  options: DemoOptions = {},
): Promise<{ exitCode: 0 | 1; outcomes: readonly Outcome[] }> {
  const start = performance.now()
  printIntroduction(page)
  const authority = await startAuthority()
  const system = await startSystem(authority)
  const tokens = await createTokens(authority)
  const elapsed = () => (performance.now() - start) / 1000
  const { outcomes, warmUps, logs } = await tell(sections, page, options, system, tokens, elapsed)
  const kept = outcomes.every((outcome) => outcome.kept)
  const hops = hopsOf(logs, warmUps)
  if (options.table || !kept) printHops(page, hops)
  if (options.keep) page.write('The services are stopped.')
  else {
    printLogEntry(page, logs)
    printSum(page, outcomes, elapsed())
    printCost(page, hops)
    printHints(page)
  }
  return { exitCode: kept ? 0 : 1, outcomes }
}

/** All that the running system is needed for; afterwards it is stopped, whatever happens. */
async function tell(
  sections: readonly Section[],
  page: Page,
  options: DemoOptions,
  system: System,
  tokens: Map<TokenName, string>,
  elapsed: () => number,
): Promise<Telling> {
  try {
    const warmUps = await warmUp(system, tokens, options.warmUps)
    printSystem(page, system.urls)
    const outcomes = await runSteps(sections, system, tokens, storyNarrator(page))
    if (options.table || outcomes.some(({ kept }) => !kept)) printSteps(page, outcomes)
    if (options.keep) {
      printSum(page, outcomes, elapsed())
      await keepRunning(page, system.urls.gateway, tokens.get('visitor') ?? '')
    }
    return { outcomes, warmUps, logs: await system.stop() }
  } catch (error) {
    // A connection breaks a moment before its process is known to have ended.
    await setTimeout(GRACE_MS)
    await system.assertRunning()
    throw error
  } finally {
    await system.stop()
  }
}
