import type { FastifyContextConfig, FastifyInstance } from 'fastify'

/** The config of a route as Fastify keeps it. */
export type RouteConfig = FastifyContextConfig & { readonly url: string; readonly method: string | readonly string[] }

/** A route with one of its methods. */
export interface WalkedRoute {
  readonly method: string
  readonly config: RouteConfig
  /** The plugin that it was declared in. */
  readonly server: FastifyInstance
  /** The names in its pattern; `undefined`: not known. */
  readonly params: readonly string[] | undefined
  /** What runs before a handler, in order; `undefined`: not known. */
  readonly hooks: Partial<Hooks> | undefined
}

type Hooks = Readonly<Record<'preParsing' | 'preValidation', readonly { readonly name: string }[] | null>>

/** What the router of Fastify hands to `buildPrettyMeta`, as far as it is of use here. */
interface RouterRoute {
  readonly method: string
  readonly params?: readonly string[]
  readonly store?: Partial<Hooks> & { readonly config?: Partial<RouteConfig>; readonly server?: FastifyInstance }
}

/**
 * Lists the routes of a server, at the time of the call. Routes that are declared before a plugin is loaded are not told to its `onRoute`
 * hooks, so the router is asked; should a version of it not answer, what `onRoute` was told must do.
 */
export function watchRoutes(fastify: FastifyInstance): () => readonly WalkedRoute[] {
  const told: (() => WalkedRoute[])[] = []
  fastify.addHook('onRoute', function (options) {
    const { method, url } = options
    // The config is read later: an `onRoute` hook that comes after this one may still change it.
    told.push(() =>
      [method].flat().map((one) => ({
        method: one,
        config: { ...options.config, url, method },
        server: this,
        params: undefined,
        hooks: undefined,
      })),
    )
  })
  return () => {
    const routes = askRouter(fastify)
    return routes.length > 0 ? routes : told.flatMap((routesOf) => routesOf())
  }
}

/**
 * Fastify lists its routes only as text. While it writes that text it hands each route to `buildPrettyMeta`, which it sets in the
 * options; here it cannot.
 */
function askRouter(fastify: FastifyInstance): WalkedRoute[] {
  const routes: WalkedRoute[] = []
  const visit = ({ method, params, store }: RouterRoute) => {
    const { config, server } = store ?? {}
    if (config?.url !== undefined && server)
      routes.push({ method, params, server, config: config as RouteConfig, hooks: store })
    return {}
  }
  const options = Object.defineProperty({ includeMeta: true }, 'buildPrettyMeta', { get: () => visit, set() {} })
  fastify.printRoutes(options)
  return routes
}
