import { compileRequirement, type FrozenRequirement, type GuardDescription, type Requirement } from '@writ/http'
import type { FastifyContextConfig, FastifyRequest } from 'fastify'

/** What a route declares as `config.capability`: a requirement, an array of which one must be met, or that it is public. */
export type RouteCapability = Requirement<FastifyRequest> | readonly Requirement<FastifyRequest>[] | 'public'

/** By the config object of the route. A requirement is read once, and later changes of it have no effect. */
const compiled = new WeakMap<object, GuardDescription>()

/**
 * Returns what a route demands, frozen, for documents, OpenAPI transforms and lint rules. `'public'` if the route is
 * declared public, an array where one of several must be met, `undefined` if nothing is declared.
 *
 * @param route - `request.routeOptions`, or the options of a route as an `onRoute` hook or a transform of
 * `@fastify/swagger` gets them.
 * @throws `TypeError` naming the key of `config.capability` that is unknown, of the wrong type or missing.
 *
 * @example
 * ```ts
 * import { requirementOf } from '@writ/fastify'
 * import fastify from 'fastify'
 *
 * const app = fastify()
 * app.addHook('onRoute', (route) => {
 *   console.log(route.url, requirementOf(route))
 * })
 * ```
 */
export function requirementOf({ config }: { readonly config?: FastifyContextConfig }): GuardDescription | undefined {
  if (config?.capability === undefined) return undefined
  const description = compiled.get(config) ?? compile(config.capability)
  compiled.set(config, description)
  return description
}

function compile(capability: unknown): GuardDescription {
  if (capability === 'public') return capability
  if (typeof capability !== 'object' || capability === null)
    throw new TypeError("capability: must be a requirement, an array of them, or 'public'")
  const requirements = [capability].flat().map((one) => compileRequirement(one) as FrozenRequirement)
  const [first] = requirements
  if (first === undefined) throw new TypeError('capability: an array must hold at least one requirement')
  return Array.isArray(capability) ? Object.freeze(requirements) : first
}
