// One suite for every runtime that the README names: over the built package, with nothing but what all of them have.
import { holdingCases } from './cases/holding.ts'
import { keyCases } from './cases/keys.ts'
import { kindCases } from './cases/kinds.ts'
import { readingCases } from './cases/reading.ts'
import { refusalCases } from './cases/refusals.ts'
import type { Case } from './cases/support.ts'
import { writingCases } from './cases/writing.ts'

export { casesWithoutWebAssembly } from './cases/without-webassembly.ts'

export const suite: readonly Case[] = [
  ...keyCases,
  ...writingCases,
  ...holdingCases,
  ...kindCases,
  ...refusalCases,
  ...readingCases,
]

export interface Outcome {
  readonly passed: number
  readonly failures: readonly string[]
}

/** Runs the cases one after the other; a failure is told with the name of its case. */
export async function runSuite(cases: readonly Case[] = suite): Promise<Outcome> {
  const failures: string[] = []
  for (const { name, run } of cases) {
    try {
      await run()
    } catch (error) {
      failures.push(`${name}: ${error}`)
    }
  }
  return { passed: cases.length - failures.length, failures }
}
