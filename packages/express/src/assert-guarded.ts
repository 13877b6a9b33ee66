import type { Application, Router } from 'express'
import { type App, stackOf } from './startup/layer.ts'
import { findMount, rememberAsserted } from './startup/mounted-apps.ts'
import { walkStack } from './startup/walk-stack.ts'

/** What {@link assertGuarded} takes as it is. */
export interface AssertGuardedOptions {
  /**
   * What is taken as it is, because it is guarded otherwise, never answers, or is meant to be public: mounted `express()` apps,
   * handlers, or names: of a handler (`'jsonParser'`), or of the path of a mount where the version of Express tells it.
   * Default: nothing.
   */
  readonly opaque?: readonly (string | ((...args: never[]) => unknown))[] | undefined
  /**
   * Reports also what takes `next`, and may answer or rewrite the URL all the same, before a guard: handlers in `use()`,
   * handlers of a route, callbacks of `param()`. Error handlers are not reported. Default `false`.
   */
  readonly strict?: boolean | undefined
}

/**
 * Throws unless a guard, or `guard.public()`, stands before each route. Call it at start-up, when all routes are there.
 *
 * Routes are walked in the order of registration. A guard in `use()` covers what follows it in the same app or router:
 * everything, if it stands at the root; what has the same path; and paths that begin with its own, if that is plain segments
 * (`/api`, `/:tenantId`). What a regular expression or an optional part may let past is reported. `guard.public()` in `use()`
 * covers the one handler or router that follows it directly at the same path. A guard that takes a designation from a param
 * which its path does not have is reported, and `method-override` after a guard in `use()`. A mounted `express()` app cannot be
 * looked into: call `assertGuarded` for it first.
 *
 * @param app - An Express app or router, 5 or 4.
 * @throws `TypeError` that names every route without a guard, by path and by handler.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { assertGuarded, writ } from '@writ/express'
 * import express from 'express'
 *
 * const { publicKey } = await generateKeyPair()
 * const app = express()
 * const guard = writ({ keys: publicKey, anchor: 'service:files' })
 * app.use(express.json())
 * app.get('/healthz', guard.public(), (_req, res) => {
 *   res.send('ok')
 * })
 * assertGuarded(app, { strict: true, opaque: ['jsonParser'] })
 * ```
 */
export function assertGuarded(app: Application | Router, options: AssertGuardedOptions = {}): void {
  const unknown = Object.keys(options).find((key) => key !== 'opaque' && key !== 'strict')
  if (unknown !== undefined) throw new TypeError(`${unknown}: unknown option, must be one of opaque, strict`)
  const { opaque = [], strict = false } = options
  if (
    !Array.isArray(opaque) ||
    !opaque.every((one) => (typeof one === 'string' && one !== '') || typeof one === 'function')
  )
    throw new TypeError('opaque: must be an array of names and functions')
  if (typeof strict !== 'boolean') throw new TypeError('strict: must be true or false')

  const walked = app as unknown as App
  const stack = stackOf(walked)
  for (const one of opaque) if (typeof one === 'function') findMount(one as App)
  const problems: string[] = []
  walkStack(stack, { prefix: '', covered: false, decided: false, inherited: new Map() }, { opaque, strict, problems })
  if (problems.length > 0)
    throw new TypeError(`app: not every route is guarded\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  rememberAsserted(walked, strict)
}
