import { type GuardDescription, requirementOf as requirementOfHandler } from '@writ/http'
import type { IRoute } from 'express'

/**
 * Returns what a guard demands, or the first guard of a route, for documents, OpenAPI transforms and lint rules.
 * `'public'` for `guard.public()`, an array where one of several must be met, `undefined` where there is no guard.
 * Frozen.
 *
 * @param target - A handler, or what `app.route(path)` returns.
 * @param method - The method of the route that is asked about (`'GET'`). Default: any.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { requirementOf, writ } from '@writ/express'
 *
 * const { publicKey } = await generateKeyPair()
 * const guard = writ({ keys: publicKey, anchor: 'service:files' })
 * console.log(requirementOf(guard.public())) // public
 * ```
 */
export function requirementOf(target: object, method?: string): GuardDescription | undefined {
  const own = requirementOfHandler(target)
  if (own !== undefined) return own
  const { stack } = target as Partial<IRoute>
  if (!Array.isArray(stack)) return undefined
  for (const layer of stack) {
    const handles = method === undefined || layer.method === undefined || layer.method === method.toLowerCase()
    const description = handles ? requirementOfHandler(layer.handle) : undefined
    if (description !== undefined) return description
  }
  return undefined
}
