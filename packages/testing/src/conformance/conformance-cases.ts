import type { ConformanceTarget } from './app-description.ts'
import { credentials } from './cases/credentials.ts'
import { decisions } from './cases/decisions.ts'
import { designations } from './cases/designations.ts'
import { hooks } from './cases/hooks.ts'
import { methods } from './cases/methods.ts'
import { names } from './cases/names.ts'
import { params } from './cases/params.ts'
import { refusals } from './cases/refusals.ts'
import { requirements } from './cases/requirements.ts'
import { routing } from './cases/routing.ts'
import { singleUse } from './cases/single-use.ts'
import { tokens } from './cases/tokens.ts'
import { play } from './scene.ts'

/** One case of the suite. It is self-contained: it starts its own app and stops it. */
export interface ConformanceCase {
  readonly name: string
  /** Why the target does not owe it, if so. */
  readonly skip?: string | undefined
  /** Resolves if the adapter conforms, rejects with an assertion that says where it does not. */
  run(): Promise<void>
}

const SCENARIOS = [
  ...tokens,
  ...credentials,
  ...designations,
  ...params,
  ...names,
  ...requirements,
  ...methods,
  ...routing,
  ...refusals,
  ...decisions,
  ...singleUse,
  ...hooks,
]

/**
 * The cases that every HTTP adapter owes, over real HTTP; a test runner is not needed and any will do.
 *
 * @param target - The adapter: how it starts an app that is described in terms of every framework.
 * @throws `TypeError` when `target.skip` names a case that does not exist.
 *
 * @example
 * ```ts
 * import { type ConformanceTarget, conformanceCases } from '@writ/testing'
 *
 * export async function runAll(target: ConformanceTarget) {
 *   for (const { name, skip, run } of conformanceCases(target)) {
 *     if (skip === undefined) await run().catch((error) => console.log(`${target.name}: ${name}`, error))
 *   }
 * }
 * ```
 */
export function conformanceCases(target: ConformanceTarget): readonly ConformanceCase[] {
  const skips = new Map(Object.entries(target.skip ?? {}))
  for (const name of skips.keys()) {
    if (!SCENARIOS.some((scenario) => scenario.name === name)) throw new TypeError(`skip: there is no case "${name}"`)
  }
  return SCENARIOS.map((scenario) => ({
    name: scenario.name,
    skip: skips.get(scenario.name),
    run: () => play(scenario, target),
  }))
}
