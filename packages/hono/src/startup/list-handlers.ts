import { type GuardDescription, requirementOf } from '@writ/http'
import { Hono } from 'hono'
import type { RouterRoute } from 'hono/types'
import { findTargetHandler } from 'hono/utils/handler'

/** One handler of an app, in the order of registration, which is the order of matching. */
export interface Entry {
  readonly index: number
  /** `ALL` for `use`, `all` and `mount`: Hono keeps no difference. */
  readonly method: string
  readonly path: string
  readonly handler: RouterRoute['handler']
  /** What it demands, if it is a guard. */
  readonly description: GuardDescription | undefined
}

/** The handlers of an app as they were given, without what Hono wraps around those of sub-apps. */
export function entriesOf(routes: readonly RouterRoute[]): Entry[] {
  return routes.map(({ method, path, handler: given }, index) => {
    const handler = findTargetHandler(given) as RouterRoute['handler']
    return { index, method, path, handler, description: requirementOf(handler) }
  })
}

/**
 * Whether a handler may be the one that answers: it takes no `next`, it is a mount, or nothing comes after it. What stands in `use`
 * and takes `next` is taken for middleware as long as something follows below its path.
 */
export function isTerminal(entry: Entry, entries: readonly Entry[]): boolean {
  const { handler, index, method, path } = entry
  if (handler.length < 2 || isMount(handler)) return true
  const later = entries.slice(index + 1).filter(({ description }) => description === undefined)
  if (method !== 'ALL') return !later.some((other) => other.path === path && [method, 'ALL'].includes(other.method))
  const wildcard = path.endsWith('*')
  return !later.some((other) => (wildcard ? other.path.startsWith(path.slice(0, -1)) : other.path === path))
}

/** For a message: `GET /path (name)`. */
export function labelOf({ method, path, handler }: Entry): string {
  return `${method} ${path} (${isMount(handler) ? 'mount' : handler.name || 'anonymous'})`
}

let shapeOfMount: string | undefined

/**
 * By its shape, which is the same for every mount, `app.mount` or middleware, of another copy of Hono or of a minified one: what a mount
 * encloses cannot be asked for. What is no mount and has the same shape hands the request over too.
 */
function isMount(handler: RouterRoute['handler'] | undefined): boolean {
  shapeOfMount ??= shapeOf(new Hono().mount('/', () => new Response()).routes[0]?.handler)
  return shapeOf(handler) === shapeOfMount
}

/** The text of a function without names, keywords and space, but with the properties that it reads. */
function shapeOf(handler: RouterRoute['handler'] | undefined): string {
  return String(handler)
    .replaceAll(/(?<=\.{3}|[^.\w$]|^)[A-Za-z_$][\w$]*/g, '_')
    .replaceAll(/[\s;]+/g, '')
}
