import type { Designate, DesignationSource } from './designation-source.ts'
import { readDesignate } from './internal/designate.ts'
import { checkKeys, checkText, isRecord } from './internal/options.ts'

/** What a route demands of the capability that is presented. */
export interface Requirement<Native = unknown> {
  /** The resource that the capability must be for. */
  readonly resource: string
  /** The operation. Default: `read` for GET, HEAD, OPTIONS and QUERY, else `write`. */
  readonly operation?: string | undefined
  /** The designations that the token must bind, and where the request supplies each. Default: none. */
  readonly designate?: Designate<Native> | undefined
  /** The one subject that may call this route. Default: any. */
  readonly subject?: string | undefined
  /** Accepts a token that does not bind every designation above. Default `false`: such a token is `undesignated`. */
  readonly allowUndesignated?: boolean | undefined
  /** Lets a request without a credential pass, without a capability. An invalid one is still refused. Default `false`. */
  readonly optional?: boolean | undefined
}

/** Parts of a requirement, for `guard.with(defaults)`. */
export type RequirementDefaults<Native = unknown> = Partial<Requirement<Native>>

/** A requirement as a guard keeps it: validated and frozen, with a source for every designation. */
export interface FrozenRequirement<Native = never> {
  readonly resource: string
  /** `undefined`: it follows from the request's method. */
  readonly operation: string | undefined
  /** From label to source, in an object without a prototype. */
  readonly designate: Readonly<Record<string, DesignationSource<Native>>>
  readonly subject: string | undefined
  readonly allowUndesignated: boolean
  readonly optional: boolean
}

const KEYS = {
  resource: true,
  operation: true,
  designate: true,
  subject: true,
  allowUndesignated: true,
  optional: true,
} satisfies Record<keyof Requirement, true>

/**
 * Merges parts of a requirement. Their designations add up, label by label. For everything else, the last part that has it
 * counts.
 *
 * @throws `TypeError` that starts with the name of the key that is unknown or of the wrong type.
 *
 * @example
 * ```ts
 * import { mergeRequirements } from '@writ/http'
 *
 * const merged = mergeRequirements({ resource: 'invoices', designate: ['tenantId'] }, { designate: ['invoiceId'] })
 * console.log(merged.designate) // { tenantId: 'tenantId', invoiceId: 'invoiceId' }
 * ```
 */
export function mergeRequirements<Native>(
  first: RequirementDefaults<Native> & { readonly resource: string },
  ...parts: readonly RequirementDefaults<Native>[]
): Requirement<Native>
export function mergeRequirements<Native>(...parts: readonly RequirementDefaults<Native>[]): RequirementDefaults<Native>
export function mergeRequirements<Native>(
  ...parts: readonly RequirementDefaults<Native>[]
): RequirementDefaults<Native> {
  const merged: Record<string, unknown> = {}
  const designate: Record<string, DesignationSource<Native>> = Object.create(null)
  for (const part of parts) {
    checkPart(part)
    for (const key of Object.keys(KEYS)) {
      const value = part[key as keyof RequirementDefaults<Native>]
      if (value === undefined) continue
      if (key === 'designate') Object.assign(designate, readDesignate(value as Designate<Native>))
      else merged[key] = value
    }
  }
  return { ...merged, designate }
}

/**
 * Merges parts of a requirement, validates the result and freezes it.
 *
 * @throws `TypeError` that starts with the name of the key that is unknown or of the wrong type, or with `resource:` if no part
 *   names the resource.
 *
 * @example
 * ```ts
 * import { compileRequirement } from '@writ/http'
 *
 * const requirement = compileRequirement({ resource: 'invoices' }, { designate: ['tenantId'] })
 * console.log(requirement.optional) // false
 * ```
 */
export function compileRequirement<Native>(
  ...parts: readonly RequirementDefaults<Native>[]
): FrozenRequirement<Native> {
  const { resource, operation, designate, subject, allowUndesignated, optional } = mergeRequirements(...parts)
  if (resource === undefined) throw new TypeError('resource: is required')
  return Object.freeze({
    resource,
    operation,
    designate: Object.freeze(designate as Record<string, DesignationSource<Native>>),
    subject,
    allowUndesignated: allowUndesignated ?? false,
    optional: optional ?? false,
  })
}

function checkPart(part: unknown): void {
  if (!isRecord(part)) throw new TypeError('requirement: must be an object')
  checkKeys(part, KEYS)
  for (const key of ['resource', 'operation', 'subject']) checkText(key, part[key])
  for (const key of ['allowUndesignated', 'optional']) {
    const value = part[key]
    if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${key}: must be a boolean`)
  }
}
