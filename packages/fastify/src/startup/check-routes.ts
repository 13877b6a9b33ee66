import { type GuardEngine, type HasParam, missingParams, reportUnguarded } from '@writ/http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requirementOf } from '../requirement-of.ts'
import { type ListedRoute, type RouteConfig, routeLister } from './list-routes.ts'
import { isPublic, type PublicRoutes, readPublicRoutes } from './public-routes.ts'
import { warnOfEarlyHooks } from './warn-of-early-hooks.ts'
import { warnOfUpgrades } from './warn-of-upgrades.ts'

/** The options of the plugin about routes that declare nothing. */
export interface RouteOptions {
  readonly denyByDefault?: boolean | undefined
  readonly public?: PublicRoutes | undefined
}

/** The configs of routes that declare nothing, and that the guard of their plugin leaves open: for a list of routes. */
export const openRoutes: WeakSet<object> = new WeakSet()

type Check = GuardEngine<FastifyRequest>['check']

/**
 * Checks the routes of the app when it starts: `ready` rejects with a `TypeError` that names every route in scope that
 * nothing guards, or whose guard can never pass.
 *
 * @param check - Throws if a requirement does not fit the schema.
 * @returns Whether a route that declares nothing is open; known once the app is ready.
 * @throws `TypeError` naming the option that is wrong.
 */
export function checkRoutes(
  fastify: FastifyInstance,
  options: RouteOptions,
  check: Check,
): (config: RouteConfig) => boolean {
  const { denyByDefault = true, public: given = [] } = options
  if (typeof denyByDefault !== 'boolean') throw new TypeError('denyByDefault: must be true or false')
  const publicRoutes = readPublicRoutes(given)
  // By the config object, which belongs to one route: others may have the same method and pattern, with other constraints.
  const open = new WeakSet<object>()
  const listRoutes = routeLister(fastify)
  // Not in `onRoute`: if a plugin with a callback declares the route, what is thrown there is an uncaught exception.
  fastify.addHook('onReady', async () => {
    const routes = listRoutes()
    for (const route of routes) {
      if (!denyByDefault || isPublic(route, publicRoutes)) {
        open.add(route.config)
        if (isWithin(fastify, route.server)) openRoutes.add(route.config)
      }
    }
    reportUnguarded(linesOf(routes.flatMap((route) => problemsOf(route, open, routes, fastify, check))))
    warnOfEarlyHooks(routes.filter(({ server }) => isWithin(fastify, server)))
  })
  // Not in `onReady`: an app often gets its upgrade listeners between `ready()` and `listen()`.
  fastify.addHook('onListen', async () => warnOfUpgrades(fastify, listRoutes()))
  return (config) => !denyByDefault || open.has(config)
}

/** A problem of a route, worded to follow its URL. */
interface Problem {
  readonly route: ListedRoute
  readonly text: string
}

/** One line per URL and problem, with all its methods. Sorted, because the order of the router says nothing. */
function linesOf(problems: readonly Problem[]): string[] {
  const methodsOf = new Map<string, Set<string>>()
  for (const { route, text } of problems) {
    const line = `${route.config.url}${text}`
    methodsOf.set(line, (methodsOf.get(line) ?? new Set()).add(route.method))
  }
  const sorted = [...methodsOf].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([line, methods]) => `${[...methods].sort().join()} ${line}`)
}

function problemsOf(
  route: ListedRoute,
  open: WeakSet<object>,
  routes: readonly ListedRoute[],
  fastify: FastifyInstance,
  check: Check,
): Problem[] {
  const { config, server } = route
  const tell = (...texts: string[]) => texts.map((text) => ({ route, text }))
  if (!isWithin(fastify, server)) {
    // The route is outside of the plugin that this guard is registered in, so another guard must keep what it declares.
    const isForgotten = config.capability !== undefined && !server.hasRequestDecorator('optionalCapability')
    return isForgotten
      ? tell(': a capability is declared, but the guard is registered in a plugin that does not hold it')
      : []
  }
  try {
    const declared = requirementOf({ config })
    // What a route declares counts, even if the option `public` names it: that option is for routes that declare nothing.
    if (declared === undefined) return open.has(config) ? [] : tell(' is not guarded')
    if (declared !== 'public') for (const one of [declared].flat()) check(one)
    return tell(...missingParams(declared, paramLookup(route, routes)).map((problem) => `: ${problem}`))
  } catch (error) {
    return tell(`: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isWithin(fastify: FastifyInstance, server: FastifyInstance): boolean {
  return server === fastify || Object.prototype.isPrototypeOf.call(fastify, server)
}

/** The router keeps a pattern with an optional param as two routes, and only one of them has the param. */
function paramLookup({ config, params }: ListedRoute, routes: readonly ListedRoute[]): HasParam {
  if (params === undefined) return () => true
  const names = routes.filter((other) => other.config === config).flatMap((other) => other.params ?? [])
  return (name) => names.includes(name)
}
