import { setTimeout } from 'node:timers/promises'
import { generateKeyPair } from '@writ/core'
import { createTokens } from './create-tokens.ts'
import { hopsOf } from './hops-of.ts'
import { printIntroduction, storyNarrator, type Write } from './print-story.ts'
import { printSummary } from './print-summary.ts'
import { type Outcome, runSteps } from './run-steps.ts'
import { type Logs, startSystem } from './start-system.ts'
import type { Section } from './step.ts'

const GRACE_MS = 100

/** Runs the steps against services of its own. Answers with the exit code: 0 if every promise was kept. */
export async function runDemo(sections: readonly Section[], write: Write): Promise<number> {
  const start = performance.now()
  const { outcomes, logs } = await tell(sections, write)
  printSummary(write, outcomes, logs, hopsOf(logs), (performance.now() - start) / 1000)
  return outcomes.every(({ kept }) => kept) ? 0 : 1
}

async function tell(sections: readonly Section[], write: Write): Promise<{ outcomes: readonly Outcome[]; logs: Logs }> {
  const keys = await generateKeyPair()
  const tokens = await createTokens(keys)
  const system = await startSystem(keys.publicKey, tokens)
  try {
    printIntroduction(write, system.urls)
    const outcomes = await runSteps(sections, system, tokens, storyNarrator(write))
    return { outcomes, logs: await system.stop() }
  } catch (error) {
    // A connection breaks a moment before its process is known to have ended.
    await setTimeout(GRACE_MS)
    await system.assertRunning()
    throw error
  } finally {
    await system.stop()
  }
}
