import { type ListedRoute, readAssertOptions } from '@writ/http'
import type { Application, Router } from 'express'
import { type App, stackOf } from './startup/layer.ts'
import { EVERYTHING, walkStack } from './startup/walk-stack.ts'

/**
 * Lists the routes of an app, in the order of registration, with what stands before each: what a security review prints. Routes
 * are walked as by `assertGuarded`, so a guard in `use()` is listed where it is known to see every request.
 *
 * A handler in `use()` is listed, with the method `ALL`, if it takes no `next`. A mounted `express()` app is listed by its routes
 * if `assertGuarded` has passed for it, and otherwise as one row. Without a guard before it, that row says `unknown`.
 *
 * @param app - An Express app or router, 5 or 4.
 * @param options - `strict: true` lists handlers in `use()` that take `next` too. Default `false`.
 * @throws `TypeError` if `app` is neither, or naming the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { listRoutes, writ } from '@writ/express'
 * import express from 'express'
 *
 * const { publicKey } = await generateKeyPair()
 * const guard = writ({ keys: publicKey, anchor: 'service:files' })
 * const app = express()
 * app.get('/healthz', guard.public(), (_req, res) => {
 *   res.send('ok')
 * })
 * console.log(listRoutes(app)) // [ { method: 'GET', path: '/healthz', guard: 'public' } ]
 * ```
 */
export function listRoutes(
  app: Application | Router,
  options: { readonly strict?: boolean | undefined } = {},
): readonly ListedRoute[] {
  const rows: ListedRoute[] = []
  const { strict } = readAssertOptions(options)
  walkStack(stackOf(app as unknown as App), EVERYTHING, { opaque: [], strict, problems: [], rows })
  return Object.freeze(rows)
}
