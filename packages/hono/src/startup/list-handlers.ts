import { type GuardDescription, requirementOf } from '@writ/http'
import type { RouterRoute } from 'hono/types'
import { findTargetHandler } from 'hono/utils/handler'
import { isMount } from './mount.ts'

/** One handler of an app. Hono runs handlers in the order of registration. */
export interface Entry {
  /** Its place in that order. */
  readonly index: number
  /** `ALL` for `use`, `all` and `mount`, which Hono does not tell apart. */
  readonly method: string
  readonly path: string
  readonly handler: RouterRoute['handler']
  /** What it demands, if it is a guard. */
  readonly description: GuardDescription | undefined
}

/**
 * Lists the handlers of an app as they were given, without the wrappers that Hono puts around those of sub-apps. Throws a
 * `TypeError` if it is no app.
 */
export function listHandlers(app: { readonly routes: readonly RouterRoute[] }): Entry[] {
  if (!Array.isArray((app as Partial<typeof app> | undefined | null)?.routes))
    throw new TypeError('app: must be a Hono app')
  return app.routes.map(({ method, path, handler: given }, index) => {
    const handler = findTargetHandler(given) as RouterRoute['handler']
    return { index, method, path, handler, description: requirementOf(handler) }
  })
}

/**
 * Whether a handler may be the one that answers: it takes no `next`, it is a mount, or no other handler follows it. A
 * handler in `use` that takes `next` counts as middleware if another handler follows at or below its path.
 */
export function isTerminal(entry: Entry, entries: readonly Entry[]): boolean {
  const { handler, index, method, path } = entry
  if (handler.length < 2 || isMount(handler)) return true
  const later = entries.slice(index + 1).filter(({ description }) => description === undefined)
  if (method !== 'ALL') return !later.some((other) => other.path === path && [method, 'ALL'].includes(other.method))
  const isWildcard = path.endsWith('*')
  return !later.some((other) => (isWildcard ? other.path.startsWith(path.slice(0, -1)) : other.path === path))
}

/** A handler as reports name it: `GET /path (name)`. */
export function labelOf({ method, path, handler }: Entry): string {
  return `${method} ${path} (${isMount(handler) ? 'mount' : handler.name || 'anonymous'})`
}
