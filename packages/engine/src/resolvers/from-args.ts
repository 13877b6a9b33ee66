import { designationsOf, readMapping, readText } from './internal/values.ts'
import type { Resolver } from './resolver.ts'

/**
 * Takes designations from the arguments of a call (`input.args`).
 *
 * @param mapping - From label to the name of the argument.
 * @returns A resolver that refuses if an argument is missing, or neither a text, a whole number nor a boolean.
 * @throws `TypeError` that starts with `mapping`.
 *
 * @example
 * ```ts
 * import { fromArgs } from '@writ/engine'
 *
 * const resolver = fromArgs({ invoiceId: 'id' })
 * const request = { subject: 'a:b', target: 'invoices', operation: 'read', input: { args: { id: 7 } } }
 * console.log(await resolver(request)) // { invoiceId: '7' }
 * ```
 */
export function fromArgs(mapping: Readonly<Record<string, string>>): Resolver {
  const pairs = readMapping('mapping', mapping)
  return ({ input }) => designationsOf(pairs.map(([label, name]) => [label, readText(input.args, [name], label)]))
}
