import { documentOf, parseDocument } from './internal/document.ts'
import { Faults } from './internal/faults.ts'
import { readPolicy } from './internal/read-policy.ts'
import type { Policy } from './policy.ts'
import { PolicyError } from './policy-fault.ts'

/** How strictly policies and schemas are read. */
export interface PolicyOptions {
  /** With `'hessra'`, rules that the Hessra open core does not have are warnings. Default: they are errors. */
  readonly compat?: 'hessra' | undefined
}

/**
 * Reads a policy: who may have which capabilities.
 *
 * @param source - TOML text, or the same structure as plain objects.
 * @param options - See {@link PolicyOptions}.
 * @throws `PolicyError` with every fault that there is.
 *
 * @example
 * ```ts
 * import { parsePolicy } from '@writ/engine'
 *
 * const policy = parsePolicy(`
 * [[objects]]
 * id = "service:gateway"
 * capabilities = [{ target = "invoices", operations = ["read"] }]
 * `)
 * console.log([...policy.subjects()]) // [ 'service:gateway' ]
 * ```
 */
export function parsePolicy(source: string | object, options: PolicyOptions = {}): Policy {
  const faults = newFaults(options)
  const document = typeof source === 'string' ? parseDocument(source, undefined) : documentOf(source)
  if ('rule' in document) throw new PolicyError([document])
  return readPolicy([document], faults)
}

/** @throws `TypeError` that starts with `compat:`. */
export function newFaults({ compat }: PolicyOptions): Faults {
  if (compat !== undefined && compat !== 'hessra') throw new TypeError("compat: must be 'hessra' or not be there")
  return new Faults(compat === 'hessra')
}
