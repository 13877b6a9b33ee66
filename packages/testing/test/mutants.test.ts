import { AssertionError } from 'node:assert'
import { describe, expect, it } from 'vitest'
import { conformanceCases } from '../src/index.ts'
import { decidingMutants } from './mutants/deciding-mutants.ts'
import { guardMutants } from './mutants/guard-mutants.ts'
import { referenceTarget } from './mutants/reference-target.ts'
import { runningMutants } from './mutants/running-mutants.ts'
import { skippingMutants } from './mutants/skipping-mutants.ts'
import { stateMutants } from './mutants/state-mutants.ts'
import { tellingMutants } from './mutants/telling-mutants.ts'
import { valueMutants } from './mutants/value-mutants.ts'
import { wordingMutants } from './mutants/wording-mutants.ts'
import { workMutants } from './mutants/work-mutants.ts'

// `npm run check -- --full` sets it, and runs all of them. A plain run has every fourth.
const LONG = process.env['WRIT_LONG'] === '1'

/** What a mutant still does, so that it fails its case for what is wrong with it, and not since nothing works. Asked in long runs. */
const PASSES = 'a token that names the object of the request passes, and the handler sees what was proven'
const REFUSES = 'a request without a credential is answered 401'

const others = [
  ...decidingMutants,
  ...skippingMutants,
  ...valueMutants,
  ...stateMutants,
  ...guardMutants,
  ...workMutants,
]
const mutants = [
  ...others.map((one) => ({ ...one, still: [PASSES, REFUSES] })),
  // Whatever is wrong with all refusals is wrong with that one too.
  ...[...runningMutants, ...wordingMutants, ...tellingMutants].map((one) => ({ ...one, still: [PASSES] })),
]

const spread = <Case>(cases: readonly Case[]) => cases.filter((_, index) => LONG || index % 4 === 0)

/** The one case of that name. */
function caseOf(target: Parameters<typeof conformanceCases>[0], name: string) {
  const found = conformanceCases(target).find((one) => one.name === name)
  if (!found) throw new Error(`there is no case "${name}"`)
  return found
}

describe('the reference adapter conforms', () => {
  it.each(spread(conformanceCases(referenceTarget())).map(({ name }) => name))('%s', async (name) => {
    await caseOf(referenceTarget(), name).run()
  })
})

describe('the suite fails on an adapter that', () => {
  // Not `it.each`, which cuts long names.
  for (const { name, sabotage, caughtBy, still, blunt = false } of spread(mutants)) {
    it(name, async () => {
      const target = referenceTarget(sabotage)
      await expect(caseOf(target, caughtBy).run()).rejects.toThrow(AssertionError)
      for (const plain of blunt || !LONG ? [] : still) await caseOf(target, plain).run()
    })
  }
})

it('no two sabotaged adapters are called the same', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.length).toBeGreaterThanOrEqual(80)
})
