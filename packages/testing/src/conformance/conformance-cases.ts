import { hammer } from '../hammer.ts'
import type { ConformanceTarget } from './app-description.ts'
import { afterRefusal } from './cases/answers/after-refusal.ts'
import { connections } from './cases/answers/connections.ts'
import { decisions } from './cases/answers/decisions.ts'
import { demands } from './cases/answers/demands.ts'
import { headersOfAnswers } from './cases/answers/headers-of-answers.ts'
import { hooks } from './cases/answers/hooks.ts'
import { lateDecisions } from './cases/answers/late-decisions.ts'
import { refusals } from './cases/answers/refusals.ts'
import { requirements } from './cases/answers/requirements.ts'
import { singleUse } from './cases/answers/single-use.ts'
import { work } from './cases/answers/work.ts'
import { cookies } from './cases/requests/cookies.ts'
import { credentials } from './cases/requests/credentials.ts'
import { designations } from './cases/requests/designations.ts'
import { ignoredHeaders } from './cases/requests/ignored-headers.ts'
import { ignoredSources } from './cases/requests/ignored-sources.ts'
import { methods } from './cases/requests/methods.ts'
import { names } from './cases/requests/names.ts'
import { otherPaths } from './cases/requests/other-paths.ts'
import { params } from './cases/requests/params.ts'
import { routing } from './cases/requests/routing.ts'
import { tokens } from './cases/requests/tokens.ts'
import { play } from './scene.ts'

/** One case of the suite. It starts its own app and stops it. */
export interface ConformanceCase {
  readonly name: string
  /** Why the case does not apply to the target. `undefined`: it applies. */
  readonly skip?: string | undefined
  /** Resolves if the adapter conforms. Rejects with an `AssertionError` that says where it does not. */
  run(): Promise<void>
}

const SCENARIOS = [
  ...tokens,
  ...credentials,
  ...cookies,
  ...designations,
  ...params,
  ...names,
  ...requirements,
  ...methods,
  ...routing,
  ...refusals,
  ...demands,
  ...decisions,
  ...singleUse,
  ...hooks,
  ...headersOfAnswers,
  ...ignoredSources,
  ...ignoredHeaders,
  ...otherPaths,
  ...connections,
  ...afterRefusal,
  ...lateDecisions,
  ...work,
]

const HAMMERED = 'with random delays everywhere, no handler runs after a refusal and nothing of its answer leaves'
const HAMMER_REQUESTS = 300

/** All cases of the suite for a target. */
const casesOf = (target: ConformanceTarget) => [
  ...SCENARIOS.map((scenario) => ({ name: scenario.name, run: () => play(scenario, target) })),
  {
    name: HAMMERED,
    run: async () => {
      await hammer(target, { requests: HAMMER_REQUESTS, seed: 1 })
    },
  },
]

/**
 * Lists the cases that every HTTP adapter must pass, over real HTTP. They work with any test runner, or without one.
 *
 * @param target - The adapter: how it starts an app that is described in terms of every framework.
 * @throws `TypeError` that starts with `skip:` if `target.skip` names a case that does not exist.
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
  const cases = casesOf(target)
  const skips = new Map(Object.entries(target.skip ?? {}))
  for (const name of skips.keys()) {
    if (!cases.some((one) => one.name === name)) throw new TypeError(`skip: there is no case "${name}"`)
  }
  return cases.map(({ name, run }) => ({ name, skip: skips.get(name), run }))
}
