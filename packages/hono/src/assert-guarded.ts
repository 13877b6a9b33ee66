import type { RouterRoute } from 'hono/types'
import { createCoverage } from './startup/coverage.ts'
import { missingParams } from './startup/covers-path.ts'
import { entriesOf, isTerminal, labelOf } from './startup/list-handlers.ts'

/** What {@link assertGuarded} takes as it is, and what it takes for middleware. */
export interface AssertGuardedOptions {
  /**
   * What is guarded otherwise, or meant to run before any guard: handlers, names of handlers, or paths as they were registered, which
   * begin with a slash. Default: nothing.
   */
  readonly opaque?: readonly (string | RouterRoute['handler'])[] | undefined
  /** Reports what takes `next` too, although another handler follows it: it might answer all the same. Default `false`. */
  readonly strict?: boolean | undefined
}

/**
 * Throws unless a guard, or `guard.public()`, stands before each handler that may answer. Call it when all routes are there: at
 * start-up, or on Workers in a test.
 *
 * Routes are taken in the order in which Hono runs them. A guard counts for what comes after it at the same path, or below it where its
 * path ends with `/*` and has only literals and plain params before that, if its method is the same or any; `guard.public()` counts for
 * handlers of its own path alone. Guards within `except`, `some` and `every` do not count, since something else decides whether they
 * run. A guard that takes a designation from a param which its own path does not have is reported too. The app's router is not touched.
 *
 * @param app - A Hono app, with the routes of its sub-apps.
 * @param options - What is taken as it is, and whether middleware is taken for a handler.
 * @throws `TypeError` that names every handler without a guard, by method, path and name.
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
  if (!Array.isArray((app as Partial<typeof app> | undefined | null)?.routes))
    throw new TypeError('app: must be a Hono app')
  const { opaque, strict } = readOptions(options)
  const entries = entriesOf(app.routes)
  const covers = createCoverage(entries)
  const problems = entries.flatMap((entry) => {
    const { description, handler, method, path } = entry
    if (description !== undefined)
      return missingParams(description, path).map((problem) => `${method} ${path}: ${problem}`)
    if (opaque.some((one) => one === handler || one === handler.name || one === path)) return []
    return (strict || isTerminal(entry, entries)) && !covers(entry) ? [`${labelOf(entry)} is not guarded`] : []
  })
  if (problems.length > 0)
    throw new TypeError(
      `app: not every route is guarded\n${[...new Set(problems)].map((problem) => `  ${problem}`).join('\n')}`,
    )
}

function readOptions(options: AssertGuardedOptions): { opaque: readonly unknown[]; strict: boolean } {
  const unknown = Object.keys(options).find((key) => key !== 'opaque' && key !== 'strict')
  if (unknown !== undefined) throw new TypeError(`${unknown}: unknown option, must be one of opaque, strict`)
  const { opaque = [], strict = false } = options
  if (
    !Array.isArray(opaque) ||
    !opaque.every((one) => (typeof one === 'string' && one !== '') || typeof one === 'function')
  )
    throw new TypeError('opaque: must be an array of handlers, names and paths')
  if (typeof strict !== 'boolean') throw new TypeError('strict: must be true or false')
  return { opaque, strict }
}
