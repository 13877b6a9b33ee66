import type { FrozenRequirement } from '@writ/http'
import type { FastifyInstance } from 'fastify'
import { requirementOf } from '../requirement-of.ts'
import { type RouteConfig, type WalkedRoute, watchRoutes } from './list-routes.ts'
import { isExempt, type PublicRoutes, readPublicRoutes } from './public-routes.ts'
import { warnOfEarlyHooks } from './warn-of-early-hooks.ts'

/** The options of the plugin about routes that declare nothing. */
export interface RouteOptions {
  readonly denyByDefault?: boolean | undefined
  readonly public?: PublicRoutes | undefined
}

/**
 * Has the routes in the plugin `fastify` checked when the app starts, and returns what tells then whether a route that declares nothing
 * is open. Errors: `TypeError` naming the option that is wrong; `ready` rejects with one that names every route that nothing guards, or
 * whose guard cannot work.
 */
export function checkRoutes(fastify: FastifyInstance, options: RouteOptions): (config: RouteConfig) => boolean {
  const { denyByDefault = true, public: exempt = [] } = options
  if (typeof denyByDefault !== 'boolean') throw new TypeError('denyByDefault: must be true or false')
  const publicRoutes = readPublicRoutes(exempt)
  const open = new Set<string>()
  const routesOf = watchRoutes(fastify)
  // Not in `onRoute`: what is thrown there is an uncaught exception if the route is declared by a plugin with a callback.
  fastify.addHook('onReady', async () => {
    const routes = routesOf()
    for (const route of routes) {
      if (!denyByDefault || isExempt(route, publicRoutes)) open.add(keyOf(route.config))
    }
    report(routes.flatMap((route) => problemsOf(route, open, routes, fastify)))
    warnOfEarlyHooks(routes.filter(({ server }) => isWithin(fastify, server)))
  })
  return (config) => !denyByDefault || open.has(keyOf(config))
}

/** Something wrong with a route, worded to follow its URL. */
interface Problem {
  readonly route: WalkedRoute
  readonly text: string
}

/** Errors: `TypeError` with a line for each, the methods of a URL together. */
function report(problems: readonly Problem[]): void {
  const methodsOf = new Map<string, Set<string>>()
  for (const { route, text } of problems) {
    const line = `${route.config.url}${text}`
    methodsOf.set(line, (methodsOf.get(line) ?? new Set()).add(route.method))
  }
  if (methodsOf.size === 0) return
  // The router has an order of its own.
  const sorted = [...methodsOf].sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = sorted.map(([line, methods]) => `  ${[...methods].sort().join()} ${line}`)
  throw new TypeError(`app: not every route is guarded\n${lines.join('\n')}`)
}

function problemsOf(
  route: WalkedRoute,
  open: ReadonlySet<string>,
  routes: readonly WalkedRoute[],
  fastify: FastifyInstance,
): Problem[] {
  const { config, server } = route
  const tell = (...texts: string[]) => texts.map((text) => ({ route, text }))
  if (!isWithin(fastify, server)) {
    // Outside of the plugin that the guard is registered in. Another guard may be there; if none is, what is declared is not kept.
    const forgotten = config.capability !== undefined && !server.hasRequestDecorator('optionalCapability')
    return forgotten
      ? tell(': a capability is declared, but the guard is registered in a plugin that does not hold it')
      : []
  }
  try {
    const declared = requirementOf({ config })
    // What a route declares stands, whatever the option `public` says: that is for routes of others.
    if (declared === undefined) return open.has(keyOf(config)) ? [] : tell(' is not guarded')
    if (declared === 'public') return []
    return tell(...missingParams([declared].flat() as FrozenRequirement[], paramsOf(route, routes)))
  } catch (error) {
    return tell(`: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isWithin(fastify: FastifyInstance, server: FastifyInstance): boolean {
  return server === fastify || Object.prototype.isPrototypeOf.call(fastify, server)
}

/** Routes of the same methods and pattern are told apart by constraints only; none of that is asked about. */
function keyOf({ url, method }: RouteConfig): string {
  return `${String(method)} ${url}`
}

/** A pattern with an optional param is two routes in the router; the param is there in one of them. */
function paramsOf({ config, params }: WalkedRoute, routes: readonly WalkedRoute[]): readonly string[] | undefined {
  return params && routes.filter((other) => other.config === config).flatMap((other) => other.params ?? [])
}

function missingParams(requirements: readonly FrozenRequirement[], params: readonly string[] | undefined): string[] {
  if (params === undefined) return []
  return requirements.flatMap(({ designate }) =>
    Object.values(designate)
      .filter((source) => typeof source === 'string' && !params.includes(source))
      .map((source) => `: designate: "${String(source)}" is no param of this path`),
  )
}
