import { type AssertOptions, missingParams, readAssertOptions, reportUnguarded } from '@writ/http'
import type { RouterRoute } from 'hono/types'
import { createCoverage } from './startup/coverage.ts'
import { isTerminal, labelOf, listHandlers } from './startup/list-handlers.ts'
import { paramLookup } from './startup/paths.ts'

/** Options of {@link assertGuarded}. */
export interface AssertGuardedOptions extends AssertOptions {
  /**
   * What needs no guard, because something else guards it or it is meant to run before any guard: handlers, names of
   * handlers, or paths as they were registered, which begin with a slash. Default: none.
   */
  readonly opaque?: readonly (string | RouterRoute['handler'])[] | undefined
  /** Reports also handlers that take `next` and are followed by another: they might answer all the same. Default `false`. */
  readonly strict?: boolean | undefined
}

/**
 * Throws unless a guard, or `guard.public()`, stands before each handler that may answer. Call it when all routes are
 * there: at start-up, or on Workers in a test.
 *
 * Handlers are looked at in the order in which Hono runs them. A guard covers what follows it at the same path; or below
 * it, if its own path ends with `/*` and has only literals and plain params before that. Its method must be the same or
 * any. `guard.public()` covers handlers of its own path only. Guards within `except`, `some` and `every` do not count,
 * since something else decides whether they run. A guard that designates by a param which its own path does not have is
 * reported too. The app's router is not touched.
 *
 * @param app - A Hono app, with the routes of its sub-apps.
 * @param options - What needs no guard, and whether middleware is reported too.
 * @throws `TypeError` that names every handler without a guard, by method, path and name; or the option that is unknown
 * or wrong.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { assertGuarded, writ } from '@writ/hono'
 * import { Hono } from 'hono'
 *
 * const { publicKey } = await generateKeyPair()
 * const guard = writ({ keys: publicKey, anchor: 'service:files' })
 * const app = new Hono().get('/healthz', guard.public(), (c) => c.text('ok'))
 * assertGuarded(app)
 * ```
 */
export function assertGuarded(
  app: { readonly routes: readonly RouterRoute[] },
  options: AssertGuardedOptions = {},
): void {
  const entries = listHandlers(app)
  const { opaque, strict } = readAssertOptions(options)
  const coverageOf = createCoverage(entries)
  const problems = entries.flatMap((entry) => {
    const { description, handler, method, path } = entry
    if (description !== undefined)
      return missingParams(description, paramLookup(path)).map((problem) => `${method} ${path}: ${problem}`)
    if (opaque.some((one) => one === handler || one === handler.name || one === path)) return []
    return (strict || isTerminal(entry, entries)) && coverageOf(entry).length === 0
      ? [`${labelOf(entry)} is not guarded`]
      : []
  })
  reportUnguarded(problems)
}
