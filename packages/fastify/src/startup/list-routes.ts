import type { FastifyContextConfig, FastifyInstance, FastifySchema } from 'fastify'

/** The config of a route as Fastify keeps it. */
export type RouteConfig = FastifyContextConfig & { readonly url: string; readonly method: string | readonly string[] }

/** A route with one of its methods. */
export interface ListedRoute {
  readonly method: string
  readonly config: RouteConfig
  /** The plugin that the route was declared in. */
  readonly server: FastifyInstance
  readonly schema: FastifySchema | undefined
  /** Whether the route is for some hosts, versions or the like only. */
  readonly isConstrained: boolean
  /** The names of the params in its pattern; `undefined`: not known. */
  readonly params: readonly string[] | undefined
  /** The hooks that run before its handler, in order; `undefined`: not known. */
  readonly hooks: Partial<Hooks> | undefined
}

type Hooks = Readonly<Record<'preParsing' | 'preValidation', readonly { readonly name: string }[] | null>>

/** The part that is used here of what Fastify's router passes to `buildPrettyMeta`. */
interface RouterRoute {
  readonly method: string
  readonly params?: readonly string[]
  readonly opts?: { readonly constraints?: object }
  readonly store?: Partial<Hooks> & {
    readonly config?: Partial<RouteConfig>
    readonly server?: FastifyInstance
    readonly schema?: FastifySchema
  }
}

/**
 * Returns a function that lists the routes of a server at the time of its call.
 *
 * The list comes from the router, because `onRoute` hooks miss the routes that were declared before their plugin was
 * loaded. The routes seen by `onRoute` are used only if a version of Fastify does not list its routes as expected. Their configs
 * are copies then, so that they can be reported, but none that declares nothing is open.
 */
export function routeLister(fastify: FastifyInstance): () => readonly ListedRoute[] {
  const seen: (() => ListedRoute[])[] = []
  fastify.addHook('onRoute', function (options) {
    const { method, url } = options
    // The config is read later, because a later `onRoute` hook may still change it.
    seen.push(() =>
      [method].flat().map((one) => ({
        method: one,
        config: { ...options.config, url, method },
        server: this,
        schema: options.schema,
        isConstrained: isConstraint(options.constraints),
        params: undefined,
        hooks: undefined,
      })),
    )
  })
  return () => {
    const routes = routesOfRouter(fastify)
    return routes.length > 0 ? routes : seen.flatMap((routesOf) => routesOf())
  }
}

/**
 * Fastify offers its routes only as printed text. While it prints, it calls `options.buildPrettyMeta` with each route,
 * and these options collect the routes instead. Fastify assigns a function of its own to that property first, so it is a
 * getter: with a setter that ignores the assignment, since without one the assignment would throw.
 */
export function routesOfRouter(fastify: FastifyInstance): ListedRoute[] {
  const routes: ListedRoute[] = []
  const collect = ({ method, params, opts, store }: RouterRoute) => {
    const { config, server, schema } = store ?? {}
    if (config?.url !== undefined && server) {
      const isConstrained = isConstraint(opts?.constraints)
      routes.push({ method, params, server, schema, isConstrained, config: config as RouteConfig, hooks: store })
    }
    return {}
  }
  const options = {
    includeMeta: true,
    get buildPrettyMeta() {
      return collect
    },
    set buildPrettyMeta(_replacement) {},
  }
  fastify.printRoutes(options)
  return routes
}

function isConstraint(constraints: object | undefined): boolean {
  return constraints !== undefined && Object.keys(constraints).length > 0
}
