import type { Resolver } from './resolver.ts'

/**
 * Chooses the resolver by the target of the request.
 *
 * @param resolvers - From target to its resolver.
 * @param otherwise - The resolver for all other targets. Default: they have no designations.
 * @throws `TypeError` that starts with `resolvers` or `otherwise`.
 *
 * @example
 * ```ts
 * import { byTarget, fromArgs } from '@writ/engine'
 *
 * const resolver = byTarget({ invoices: fromArgs({ invoiceId: 'id' }), payouts: fromArgs({ payoutId: 'id' }) })
 * ```
 */
export function byTarget(resolvers: Readonly<Record<string, Resolver>>, otherwise: Resolver = () => ({})): Resolver {
  const known = new Map(Object.entries(resolvers))
  for (const [target, resolver] of known) {
    if (typeof resolver !== 'function') throw new TypeError(`resolvers.${target}: must be a function`)
  }
  if (typeof otherwise !== 'function') throw new TypeError('otherwise: must be a function')
  return (request) => (known.get(request.target) ?? otherwise)(request)
}
