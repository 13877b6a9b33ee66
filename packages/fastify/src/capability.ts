import {
  type AttachedCapability,
  type DesignatedCapability,
  demandCapability,
  type FrozenRequirement,
  type LabelsOf,
  type OptionalOf,
} from '@writ/http'
import type { FastifyRequest } from 'fastify'
import { requirementOf } from './requirement-of.ts'

// biome-ignore lint/suspicious/noExplicitAny: only the config of the route matters here
type RequestOf<Config> = FastifyRequest<any, any, any, any, any, Config>

/** The capability that the guard attaches on routes with this config: its labels are known if `requires` made its requirement. */
export type CapabilityOf<Config> = Config extends {
  readonly capability: { readonly designate: infer Own } & infer Demands
}
  ? DesignatedCapability<
      LabelsOf<Own>,
      OptionalOf<Demands extends { readonly allowUndesignated: infer Allowed } ? Allowed : false>
    >
  : AttachedCapability

/**
 * The capability that the guard of this request attached, as `request.capability`; but the labels that the route demands are
 * `string` in `designations`, if its config says so by `requires`. Where the types of a route are given (`app.get<{ Params }>`),
 * Fastify does not infer its config: name the labels that you read, and they are checked: `capability(request, ['tenantId'])`.
 *
 * @param labels - Labels that the capability must bind. Default: those that the route demands.
 * @throws `Error` naming the route if there is none, or if it does not bind each of `labels`. In report mode that is possible.
 *
 * @example
 * ```ts
 * import { capability, requires } from '@writ/fastify'
 * import fastify from 'fastify'
 *
 * fastify().get<{ Params: { tenantId: string } }>(
 *   '/:tenantId/stock',
 *   { config: { capability: requires({ resource: 'stock', designate: ['tenantId'] }) } },
 *   async (request) => ({ tenant: capability(request, ['tenantId']).designations.tenantId }),
 * )
 * ```
 */
export function capability<Config>(request: RequestOf<Config>): CapabilityOf<Config>
export function capability<const Label extends string>(
  request: FastifyRequest,
  labels: readonly Label[],
): DesignatedCapability<Label>
export function capability(request: FastifyRequest, labels = demandedLabels(request)): AttachedCapability {
  return demandCapability(request, routeOf(request), labels)
}

/** The pattern of the route, since callers choose the path and could write anything into a log. */
export function routeOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url ?? '(no route)'}`
}

/** The labels that a capability of this route certainly binds: in report mode it may be another one. */
function demandedLabels({ routeOptions }: FastifyRequest): readonly string[] {
  const [demanded, ...others] = [requirementOf(routeOptions)].flat() as (FrozenRequirement | 'public' | undefined)[]
  if (typeof demanded !== 'object' || others.length > 0) return []
  const allowed: boolean | readonly string[] = demanded.allowUndesignated
  return Object.keys(demanded.designate).filter(
    (label) => !(Array.isArray(allowed) ? allowed.includes(label) : allowed),
  )
}
