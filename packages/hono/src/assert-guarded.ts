import type { RouterRoute } from 'hono/types'
import { createCoverage } from './walk-coverage.ts'
import { missingParams } from './walk-paths.ts'
import { entriesOf, isTerminal, labelOf } from './walk-routes.ts'

/**
 * Throws unless a guard, or `guard.public()`, stands before each handler that may answer. Call it when all routes are there: at
 * start-up, or on Workers in a test.
 *
 * Routes are taken in the order in which Hono runs them. A guard counts for what comes after it, if its path and method match
 * whatever those of the handler match; `guard.public()` counts for handlers of its own path alone. Guards within `except`, `some`
 * and `every` do not count, since something else decides whether they run. A guard that takes a designation from a param which
 * its own path does not have is reported too. The app's router is not touched.
 *
 * @param app - A Hono app, with the routes of its sub-apps.
 * @throws `TypeError` that names every handler without a guard, by method, path and name.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { assertGuarded, writ } from '@writ/hono'
 * import { Hono } from 'hono'
 *
 * const { publicKey } = await generateKeyPair()
 * const guard = writ({ keys: publicKey })
 * const app = new Hono().get('/healthz', guard.public(), (c) => c.text('ok'))
 * assertGuarded(app)
 * ```
 */
export function assertGuarded(app: { readonly routes: readonly RouterRoute[] }): void {
  if (!Array.isArray((app as Partial<typeof app> | undefined | null)?.routes))
    throw new TypeError('app: must be a Hono app')
  const entries = entriesOf(app.routes)
  const covers = createCoverage(entries)
  const problems = entries.flatMap((entry) => {
    const { description, method, path } = entry
    if (description !== undefined)
      return missingParams(description, path).map((problem) => `${method} ${path}: ${problem}`)
    return isTerminal(entry, entries) && !covers(entry) ? [`${labelOf(entry)} is not guarded`] : []
  })
  if (problems.length > 0)
    throw new TypeError(
      `app: not every route is guarded\n${[...new Set(problems)].map((problem) => `  ${problem}`).join('\n')}`,
    )
}
