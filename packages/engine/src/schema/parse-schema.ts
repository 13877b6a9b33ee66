import type { Schema } from '@writ/core/verify'
import { documentOf, parseDocument } from '../policy/internal/document.ts'
import { newFaults, type PolicyOptions } from '../policy/parse-policy.ts'
import { PolicyError } from '../policy/policy-fault.ts'
import { readSchema } from './internal/read-schema.ts'

/**
 * Reads a schema: which targets there are, what can be done with each, and which labels must name the object.
 *
 * `defineSchema` of `@writ/core` makes the same in TypeScript, and the compiler then knows the names.
 *
 * @param source - TOML text, or the same structure as plain objects. Sections other than `targets` are ignored.
 * @param options - See {@link PolicyOptions}.
 * @throws `PolicyError` with every fault that there is.
 *
 * @example
 * ```ts
 * import { parseSchema } from '@writ/engine'
 *
 * const schema = parseSchema(`
 * [[targets]]
 * id = "invoices"
 * operations = [{ name = "read", designations = { required = ["tenantId"], optional = ["invoiceId"] } }]
 * `)
 * console.log(schema.labels('invoices', 'read')?.optional) // [ 'invoiceId' ]
 * ```
 */
export function parseSchema(source: string | object, options: PolicyOptions = {}): Schema {
  const faults = newFaults(options)
  const document = typeof source === 'string' ? parseDocument(source, undefined) : documentOf(source)
  if ('rule' in document) throw new PolicyError([document])
  return readSchema([document], faults)
}
