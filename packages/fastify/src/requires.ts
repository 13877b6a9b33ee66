import { mergeRequirements, type Requirement } from '@writ/http'
import type { FastifyRequest } from 'fastify'

/**
 * Returns a requirement as it is, for `config.capability`. Its type keeps the labels, so that `capability(request)` of the
 * route's handler knows them, and unknown keys are compile errors, which Fastify's own types hide.
 *
 * @throws `TypeError` naming the key that is unknown or of the wrong type.
 *
 * @example
 * ```ts
 * import { capability, requires } from '@writ/fastify'
 * import fastify from 'fastify'
 *
 * fastify().get(
 *   '/:tenantId/stock',
 *   { config: { capability: requires({ resource: 'stock', designate: ['tenantId'] }) } },
 *   async (request) => ({ tenant: capability(request).designations.tenantId.toUpperCase() }),
 * )
 * ```
 */
export function requires<const Own extends Requirement<FastifyRequest>>(
  requirement: Own & { readonly [Unknown in Exclude<keyof Own, keyof Requirement>]: never },
): Own {
  mergeRequirements<FastifyRequest>(requirement as Requirement<FastifyRequest>)
  return requirement
}
