import type { FrozenRequirement } from '../requirement.ts'
import type { ListedRoute, RouteGuard } from './listed-route.ts'

/**
 * Describes routes as lines of text, sorted by path and method: for a review, and for a file that a test or `writ routes`
 * holds against the app.
 *
 * @param routes - Of `listRoutes` of an adapter.
 *
 * @example
 * ```ts
 * import { compileRequirement, describeRoutes, listedRoute } from '@writ/http'
 *
 * const invoices = compileRequirement({ resource: 'invoices', designate: ['tenantId'] })
 * console.log(describeRoutes([listedRoute('GET', '/:tenantId/invoices', [invoices])]))
 * // GET  /:tenantId/invoices  read invoices of tenantId
 * ```
 */
export function describeRoutes(routes: readonly ListedRoute[]): string {
  const rows = routes.map(({ method, path, guard }) => [method, path, describeGuard(guard)] as const)
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => (row[column] as string).length)))
  const lines = rows
    .toSorted(([methodA, pathA], [methodB, pathB]) => compare(pathA, pathB) || compare(methodA, methodB))
    .map(
      ([method, path, guard]) => `${method.padEnd(widths[0] as number)}  ${path.padEnd(widths[1] as number)}  ${guard}`,
    )
  return lines.join('\n')
}

function describeGuard(guard: RouteGuard): string {
  if (typeof guard === 'string') return guard
  if ('anyOf' in guard) return guard.anyOf.map(describeRequirement).join(' or ')
  if ('allOf' in guard) return guard.allOf.map((one) => inBrackets(one)).join(' and ')
  return describeRequirement(guard)
}

function inBrackets(guard: RouteGuard): string {
  return typeof guard === 'object' && 'anyOf' in guard ? `(${describeGuard(guard)})` : describeGuard(guard)
}

function describeRequirement(requirement: FrozenRequirement): string {
  const { resource, operation = 'read or write', designate, subject, allowUndesignated, optional } = requirement
  const labels = Object.keys(designate)
  const missing = allowUndesignated === true ? labels : allowUndesignated === false ? [] : allowUndesignated
  return [
    `${operation} ${resource}`,
    ...(labels.length === 0 ? [] : [`of ${labels.join(', ')}`]),
    ...(subject === undefined ? [] : [`by ${subject}`]),
    ...(missing.length === 0 ? [] : [`(a token need not name ${missing.join(', ')})`]),
    ...(optional ? ['(also without a token)'] : []),
  ].join(' ')
}

/** By code units, so that the order is the same everywhere. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
