import { type AssertOptions, readAssertOptions, reportUnguarded } from '@writ/http'
import type { Application, Router } from 'express'
import { type App, stackOf } from './startup/layer.ts'
import { findMount, rememberAsserted } from './startup/mounted-apps.ts'
import { type ListeningServer, openUpgrades } from './startup/open-upgrades.ts'
import { EVERYTHING, walkStack } from './startup/walk-stack.ts'

/** Options of {@link assertGuarded}. */
export interface AssertGuardedOptions extends AssertOptions {
  /**
   * What needs no guard, because something else guards it, it never answers, or it is meant to be public. Functions:
   * mounted `express()` apps, handlers and `upgrade` listeners. Strings: the name of such a function (`'jsonParser'`), or
   * the path of a mount where the version of Express tells it. Default: none.
   */
  readonly opaque?: AssertOptions['opaque']
  /**
   * Reports also what takes `next` but might answer or rewrite the URL before a guard: handlers in `use()`, handlers of a
   * route, callbacks of `param()`. Error handlers are not reported. Default `false`.
   */
  readonly strict?: boolean | undefined
  /**
   * The HTTP server of the app. Its `upgrade` listeners are reported unless they are those of `guardUpgrade` of `@writ/http`.
   * Default: none, so no listener is looked at.
   */
  readonly server?: ListeningServer | undefined
}

const NAMES = { opaque: true, strict: true, server: true } satisfies Record<keyof AssertGuardedOptions, true>

/**
 * Throws unless a guard, or `guard.public()`, stands before each route. Call it at start-up, when all routes are there.
 *
 * Routes are walked in the order of registration. A guard in `use()` covers what follows it in the same app or router:
 * everything, if it stands at the root; layers with the same path; and paths that begin with its own, if its own is plain
 * segments (`/api`, `/:tenantId`). What a regular expression or an optional part might let past is reported.
 * `guard.public()` in `use()` covers the one handler or router that follows it directly at the same path. A guard that
 * designates by a param which its path does not have is reported, and so is `method-override` after a guard in `use()`. A
 * mounted `express()` app cannot be looked into: call `assertGuarded` for it first.
 *
 * @param app - An Express app or router, 5 or 4.
 * @param options - What needs no guard, what else is reported, and the HTTP server whose `upgrade` listeners are checked too.
 * @throws `TypeError` that names every route and every listener without a guard; or the option that is unknown or wrong.
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
  const { opaque, strict, server } = readOptions(options)
  const walked = app as unknown as App
  const stack = stackOf(walked)
  for (const one of opaque) if (typeof one === 'function') findMount(one as App)
  const problems: string[] = []
  walkStack(stack, EVERYTHING, { opaque, strict, problems })
  if (server) problems.push(...openUpgrades(server, { opaque }))
  reportUnguarded(problems)
  rememberAsserted(walked, strict)
}

function readOptions(options: AssertGuardedOptions) {
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(NAMES, key))
  if (unknown !== undefined)
    throw new TypeError(`${unknown}: unknown option, must be one of ${Object.keys(NAMES).join(', ')}`)
  const { server, ...others } = options
  if (server !== undefined && typeof (server as Partial<ListeningServer> | null)?.listeners !== 'function')
    throw new TypeError('server: must be an HTTP server')
  return { ...readAssertOptions(others), server }
}
