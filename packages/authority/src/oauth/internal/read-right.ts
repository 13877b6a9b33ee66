import type { CapabilityRequest } from '../../issue/capability-request.ts'
import { OAuthError } from '../oauth-error.ts'
import { type CapabilityDetails, readDetails } from './read-details.ts'
import { readAll, readOne } from './read-form.ts'

/** What a scope consists of (RFC 6749 section 3.3), as the challenges of guards spell it. */
const SCOPE = /^[!#-[\]-~]{1,256}$/

/** A right that a form asks for. Where it may be used is not known yet. */
export interface AskedRight extends Pick<CapabilityRequest, 'target' | 'operation' | 'designations'> {
  /** What `resource`, `audience` and `locations` say: URLs or names of services. */
  readonly places: readonly string[]
}

/**
 * Reads the one right that a form asks for: `scope=invoices:read`, or `authorization_details` (RFC 9396), which name the object
 * as well; or both, if they agree. A capability has one right, so it is one scope.
 *
 * @throws `OAuthError` `invalid_scope`, `invalid_authorization_details`, `invalid_request`.
 */
export function readRight(form: URLSearchParams): AskedRight {
  const scope = readOne(form, 'scope')
  const details = readDetails(readOne(form, 'authorization_details'))
  const right = scope === undefined ? undefined : readScope(scope)
  const { target, operation } = agree(right, details)
  const places = [...readAll(form, 'resource'), ...readAll(form, 'audience'), ...(details?.locations ?? [])]
  return { target, operation, designations: details?.designations, places: [...new Set(places)] }
}

/** The scope of a right; `undefined` if its names have no spelling as a scope. */
export function scopeOf(target: string, operation: string): string | undefined {
  const scope = `${target}:${operation}`
  return SCOPE.test(scope) && !operation.includes(':') ? scope : undefined
}

function readScope(scope: string): { readonly target: string; readonly operation: string } {
  const colon = scope.lastIndexOf(':')
  if (!SCOPE.test(scope) || colon < 1 || colon === scope.length - 1) {
    throw new OAuthError('invalid_scope', 'a scope is one target and one operation, as in invoices:read')
  }
  return { target: scope.slice(0, colon), operation: scope.slice(colon + 1) }
}

function agree(
  right: { readonly target: string; readonly operation: string } | undefined,
  details: CapabilityDetails | undefined,
): { readonly target: string; readonly operation: string } {
  const target = right?.target ?? details?.identifier
  const operation = right?.operation ?? details?.action
  if (target === undefined || operation === undefined) {
    throw new OAuthError('invalid_scope', 'neither scope nor authorization_details say target and operation')
  }
  const agrees = (details?.identifier ?? target) === target && (details?.action ?? operation) === operation
  if (!agrees) throw new OAuthError('invalid_authorization_details', 'scope and authorization_details do not agree')
  return { target, operation }
}
