import { isTable } from '../policy/internal/read-values.ts'
import { designationsOf } from './internal/values.ts'
import { type Resolver, ResolverError } from './resolver.ts'

/**
 * Joins resolvers: all of them run, and their designations add up. Two different values for one label are refused.
 *
 * @example
 * ```ts
 * import { composeResolvers, fromSession, fromUrl } from '@writ/engine'
 *
 * const resolver = composeResolvers(fromSession({ tenantId: 'tenant' }), fromUrl('/invoices/:invoiceId'))
 * ```
 */
export function composeResolvers(...resolvers: readonly Resolver[]): Resolver {
  for (const [index, resolver] of resolvers.entries()) {
    if (typeof resolver !== 'function') throw new TypeError(`resolvers[${index}]: must be a function`)
  }
  return async (request) => {
    const joined = new Map<string, string>()
    for (const resolver of resolvers) {
      const found: unknown = await resolver(request)
      if (!isTable(found)) throw new ResolverError('a resolver gives no object from label to value')
      for (const [label, value] of Object.entries(found as Record<string, string>)) {
        const known = joined.get(label)
        if (known !== undefined && known !== value)
          throw new ResolverError('two resolvers give different values', label)
        joined.set(label, value)
      }
    }
    return designationsOf(joined)
  }
}
