import { designationsOf, readMapping, readText } from './internal/values.ts'
import type { Resolver } from './resolver.ts'

/**
 * Takes designations from the session of the caller (`input.session`), which must be verified before.
 *
 * @param mapping - From label to the key of the session.
 * @returns A resolver that refuses if a key is missing, or neither a text, a whole number nor a boolean.
 * @throws `TypeError` that starts with `mapping`.
 *
 * @example
 * ```ts
 * import { fromSession } from '@writ/engine'
 *
 * const resolver = fromSession({ tenantId: 'tenant' })
 * const request = { subject: 'a:b', target: 'invoices', operation: 'read', input: { session: { tenant: 'acme' } } }
 * console.log(await resolver(request)) // { tenantId: 'acme' }
 * ```
 */
export function fromSession(mapping: Readonly<Record<string, string>>): Resolver {
  const pairs = readMapping('mapping', mapping)
  return ({ input }) => designationsOf(pairs.map(([label, key]) => [label, readText(input.session, [key], label)]))
}
