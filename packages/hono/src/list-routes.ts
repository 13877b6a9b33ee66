import { type ListedRoute, listedRoute, readAssertOptions } from '@writ/http'
import type { RouterRoute } from 'hono/types'
import { createCoverage } from './startup/coverage.ts'
import { isTerminal, listHandlers } from './startup/list-handlers.ts'
import { isMount } from './startup/mount.ts'

/**
 * Lists the handlers of an app that may answer, in the order of registration, with what stands before each: what a security
 * review prints. They are looked at as by `assertGuarded`: a guard is listed where it is known to run for every request of the
 * handler, and a handler that takes `next` and is followed by another is not listed. What `app.mount` mounts is one row; without
 * a guard before it, that row says `unknown`.
 *
 * @param app - A Hono app, with the routes of its sub-apps.
 * @param options - `strict: true` lists every handler that is no guard. Default `false`.
 * @throws `TypeError` if `app` is none, or naming the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { listRoutes, writ } from '@writ/hono'
 * import { Hono } from 'hono'
 *
 * const { publicKey } = await generateKeyPair()
 * const guard = writ({ keys: publicKey, anchor: 'service:files' })
 * const app = new Hono().get('/healthz', guard.public(), (c) => c.text('ok'))
 * console.log(listRoutes(app)) // [ { method: 'GET', path: '/healthz', guard: 'public' } ]
 * ```
 */
export function listRoutes(
  app: { readonly routes: readonly RouterRoute[] },
  options: { readonly strict?: boolean | undefined } = {},
): readonly ListedRoute[] {
  const entries = listHandlers(app)
  const { strict } = readAssertOptions(options)
  const coverageOf = createCoverage(entries)
  const rows = entries
    .filter((entry) => entry.description === undefined && (strict || isTerminal(entry, entries)))
    .map((entry) => {
      const guards = coverageOf(entry)
        .map(({ description }) => description)
        .filter((one) => one !== undefined)
      return listedRoute(entry.method, entry.path, guards, isMount(entry.handler) ? 'unknown' : 'unguarded')
    })
  return Object.freeze(rows)
}
