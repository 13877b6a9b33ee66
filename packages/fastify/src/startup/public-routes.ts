import type { ListedRoute } from './list-routes.ts'

/** A route as Fastify keeps it, to decide about a route that another plugin declared. */
export interface RouteSummary {
  /** The URL pattern, with the prefixes of its plugins. */
  readonly url: string
  readonly method: readonly string[]
}

/**
 * Names routes as public: an exact URL pattern, an expression that the pattern matches, or a function that returns
 * `true`.
 */
export type PublicRoutes = readonly (string | RegExp | ((route: RouteSummary) => boolean))[]

/**
 * Reads the option `public`; throws a `TypeError` for anything but an array of strings, regular expressions and
 * functions.
 */
export function readPublicRoutes(routes: unknown): PublicRoutes {
  const isKnown = (one: unknown) =>
    (typeof one === 'string' && one !== '') || typeof one === 'function' || one instanceof RegExp
  if (!Array.isArray(routes) || !routes.every(isKnown))
    throw new TypeError('public: must be an array of URL patterns, regular expressions and functions')
  return Object.freeze([...routes])
}

/** Whether a route that declares nothing may stay open. */
export function isPublic(route: ListedRoute, routes: PublicRoutes): boolean {
  if (isOfCors(route)) return true
  const { url, method } = route.config
  const summary: RouteSummary = Object.freeze({ url, method: Object.freeze([method].flat()) as readonly string[] })
  return routes.some((one) => {
    if (typeof one === 'string') return one === url
    // `search` keeps no state between calls, unlike `test` with the flag `g`. Only `true` counts: a promise does not.
    return one instanceof RegExp ? url.search(one) !== -1 : one(summary) === true
  })
}

/**
 * Whether it is the route that `@fastify/cors` adds so that Fastify accepts preflights. Its hook answers them; its handler
 * answers nothing, or 404. Routes of the app may look like it: one in a plugin below that of cors, where only the list of
 * names in `pluginName` is not inherited, and one with constraints. Any other would be a duplicate, which Fastify refuses.
 */
function isOfCors({ config: { url, method }, server, schema, isConstrained }: ListedRoute): boolean {
  return (
    method === 'OPTIONS' &&
    url === `${server.prefix}*` &&
    !isConstrained &&
    Object.hasOwn(schema ?? {}, 'hide') &&
    server.pluginName.split(' -> ').includes('@fastify/cors')
  )
}
