// One suite for every runtime that the README names: over the built package, with nothing but what all of them have.
import { holdingCases } from './cases/holding.ts'
import { keyCases } from './cases/keys.ts'
import { kindCases } from './cases/kinds.ts'
import { readingCases } from './cases/reading.ts'
import { refusalCases } from './cases/refusals.ts'
import type { Case } from './cases/support.ts'
import { writingCases } from './cases/writing.ts'
import { type Outcome, runCases } from './run-cases.ts'

export { casesWithoutWebAssembly } from './cases/without-webassembly.ts'

export const suite: readonly Case[] = [
  ...keyCases,
  ...writingCases,
  ...holdingCases,
  ...kindCases,
  ...refusalCases,
  ...readingCases,
]

/** Runs the whole suite, or the cases that are named. */
export const runSuite = (cases: readonly Case[] = suite): Promise<Outcome> => runCases(cases)
