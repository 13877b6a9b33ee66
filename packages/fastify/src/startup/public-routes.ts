import type { WalkedRoute } from './list-routes.ts'

/** A route as Fastify keeps it: what there is to go by where it is not the user's own to declare. */
export interface RouteSummary {
  /** The URL pattern, with the prefixes of its plugins. */
  readonly url: string
  readonly method: readonly string[]
}

/** Names routes as public: a URL pattern, exactly; an expression that the pattern matches; a function that returns `true`. */
export type PublicRoutes = readonly (string | RegExp | ((route: RouteSummary) => boolean))[]

/** Errors: `TypeError` for anything but an array of strings, regular expressions and functions. */
export function readPublicRoutes(routes: unknown): PublicRoutes {
  const known = (one: unknown) =>
    (typeof one === 'string' && one !== '') || typeof one === 'function' || one instanceof RegExp
  if (!Array.isArray(routes) || !routes.every(known))
    throw new TypeError('public: must be an array of URL patterns, regular expressions and functions')
  return Object.freeze([...routes])
}

/** Whether a route that declares nothing may stay open. */
export function isExempt({ config: { url, method }, server }: WalkedRoute, routes: PublicRoutes): boolean {
  // The route by which @fastify/cors makes Fastify accept preflights; its hook answers them, its handler answers 404.
  if (String(method) === 'OPTIONS' && url === `${server.prefix}*` && server.hasRequestDecorator('corsPreflightEnabled'))
    return true
  const summary: RouteSummary = Object.freeze({ url, method: Object.freeze([method].flat()) as readonly string[] })
  return routes.some((one) => {
    if (typeof one === 'string') return one === url
    // `search` has no memory, unlike `test` of an expression with the flag `g`. A promise is not `true`.
    return one instanceof RegExp ? url.search(one) !== -1 : one(summary) === true
  })
}
