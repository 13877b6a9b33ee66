import { designationsOf, readMapping, readText } from './internal/values.ts'
import type { Resolver } from './resolver.ts'

/**
 * Takes designations from an event (`input.event`).
 *
 * @param mapping - From label to a path, such as `order.customer.id`. Lists are not indexed.
 * @returns A resolver that refuses if a value is missing, or neither a text, a whole number nor a boolean.
 * @throws `TypeError` that starts with `mapping`.
 *
 * @example
 * ```ts
 * import { fromEvent } from '@writ/engine'
 *
 * const resolver = fromEvent({ tenantId: 'order.tenant' })
 * const input = { event: { order: { tenant: 'acme' } } }
 * console.log(await resolver({ subject: 'a:b', target: 'orders', operation: 'read', input })) // { tenantId: 'acme' }
 * ```
 */
export function fromEvent(mapping: Readonly<Record<string, string>>): Resolver {
  const pairs = readMapping('mapping', mapping).map(([label, path]) => [label, path.split('.')] as const)
  for (const [label, path] of pairs) {
    if (path.includes('')) throw new TypeError(`mapping.${label}: must be names, joined by dots`)
  }
  return ({ input }) => designationsOf(pairs.map(([label, path]) => [label, readText(input.event, path, label)]))
}
