import { generateKeyPair } from '@writ/core'
import { createTokens, type Tokens } from './create-tokens.ts'
import { printIntroduction, printSummary, tableNarrator, type Write } from './print.ts'
import { type Outcome, runSteps } from './run-steps.ts'
import { type Billing, startBilling } from './start-billing.ts'
import type { Section } from './steps.ts'

/** Runs the steps against a service of its own. Answers with the exit code: 0 if every promise was kept. */
export async function runDemo(sections: readonly Section[], write: Write): Promise<number> {
  const start = performance.now()
  const keys = await generateKeyPair()
  const tokens = await createTokens(keys)
  const billing = await startBilling(keys.publicKey)
  const outcomes = await runStepsAt(billing, sections, tokens, write)
  const log = await billing.stop()
  printSummary(write, outcomes, log, (performance.now() - start) / 1000)
  return outcomes.every(({ kept }) => kept) ? 0 : 1
}

async function runStepsAt(
  billing: Billing,
  sections: readonly Section[],
  tokens: Tokens,
  write: Write,
): Promise<readonly Outcome[]> {
  try {
    printIntroduction(write, sections, billing.url)
    return await runSteps(sections, billing.url, tokens, tableNarrator(write))
  } catch (cause) {
    throw new Error(`a step could not be taken; the service's log: ${await billing.stop()}`, { cause })
  }
}
