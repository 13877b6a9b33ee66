import type { Designate, DesignationSource } from './designation-source.ts'
import { checkDesignated, readAllowUndesignated } from './internal/designations/allow-undesignated.ts'
import { readDesignate } from './internal/designations/designate.ts'
import { requirementJson } from './internal/designations/requirement-json.ts'
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
  /**
   * Labels above that a token need not bind; it must bind all others. `['invoiceId']` lets a token for a whole tenant in, and
   * still refuses one that names no tenant. A token that names another object is refused in any case.
   *
   * `true` is for administrators: a token then need not bind any label, so one that names no object is good for every object of
   * every tenant. Default `false`: a token that does not bind every label is `undesignated`.
   */
  readonly allowUndesignated?: boolean | readonly string[] | undefined
  /** Lets a request without a credential pass, without a capability. An invalid one is still refused. Default `false`. */
  readonly optional?: boolean | undefined
}

/** Parts of a requirement, for `guard.with(defaults)`. */
export type RequirementDefaults<Native = unknown> = Partial<Requirement<Native>>

/**
 * A requirement as a guard keeps it: validated and frozen, with a source for every designation. As JSON, in logs, each source is a
 * text: `param tenantId`, `query id`, `header x-tenant`, `body order.id` or `function`.
 */
export interface FrozenRequirement<Native = never> {
  readonly resource: string
  /** `undefined`: it follows from the request's method. */
  readonly operation: string | undefined
  /** From label to source, in an object without a prototype. */
  readonly designate: Readonly<Record<string, DesignationSource<Native>>>
  readonly subject: string | undefined
  /** Whether a token need not bind the labels above, or the labels that it need not bind. */
  readonly allowUndesignated: boolean | readonly string[]
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
      if (key === 'allowUndesignated') merged[key] = readAllowUndesignated(value)
      else if (key === 'designate') Object.assign(designate, readDesignate(value as Designate<Native>))
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
  const { resource, operation, designate, subject, allowUndesignated = false, optional } = mergeRequirements(...parts)
  if (resource === undefined) throw new TypeError('resource: is required')
  checkDesignated(allowUndesignated, designate as object)
  const requirement = {
    resource,
    operation,
    designate: Object.freeze(designate as Record<string, DesignationSource<Native>>),
    subject,
    allowUndesignated,
    optional: optional ?? false,
  }
  return Object.freeze(Object.defineProperty(requirement, 'toJSON', { value: requirementJson }))
}

function checkPart(part: unknown): void {
  if (!isRecord(part)) throw new TypeError('requirement: must be an object')
  checkKeys(part, KEYS)
  for (const key of ['resource', 'operation', 'subject']) checkText(key, part[key])
  const { optional } = part
  if (optional !== undefined && typeof optional !== 'boolean') throw new TypeError('optional: must be a boolean')
}
