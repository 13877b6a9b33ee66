import { type GuardDescription, requirementOf as requirementOfHandler } from '@writ/http'
import type { RouterRoute } from 'hono/types'
import { findTargetHandler } from 'hono/utils/handler'

/**
 * Returns what a guard demands, for documents, OpenAPI transforms and lint rules. `'public'` for `guard.public()`, an
 * array where one of several must be met, `undefined` for anything else. Frozen.
 *
 * @param target - A handler, or an entry of `app.routes`, those of sub-apps included.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { requirementOf, writ } from '@writ/hono'
 * import { Hono } from 'hono'
 *
 * const { publicKey } = await generateKeyPair()
 * const guard = writ({ keys: publicKey, anchor: 'service:files' })
 * const app = new Hono().get('/healthz', guard.public(), (c) => c.text('ok'))
 * console.log(app.routes.map(requirementOf)) // [ 'public', undefined ]
 * ```
 */
export function requirementOf(target: RouterRoute['handler'] | RouterRoute): GuardDescription | undefined {
  return requirementOfHandler(findTargetHandler(typeof target === 'function' ? target : target.handler))
}
