import { checkBoolean, checkOptions, checkString } from '../../internal/base/options.ts'
import type { CapabilityRequest } from '../verifier.ts'

const REQUEST = {
  resource: true,
  operation: true,
  designations: true,
  subject: true,
  allowUndesignated: true,
} satisfies Record<keyof CapabilityRequest, true>

/**
 * Reads a request, each member once: it may change while the caller's own functions run, and what was selected by one value must not
 * be decided by another.
 *
 * Errors: `TypeError` naming the part that is missing, unknown or of the wrong type.
 */
export function readRequest(given: CapabilityRequest): CapabilityRequest {
  checkOptions('request', given, REQUEST)
  const { resource, operation, designations, subject, allowUndesignated } = given
  checkString('resource', resource)
  checkString('operation', operation)
  if (subject !== undefined) checkString('subject', subject)
  checkBoolean('allowUndesignated', allowUndesignated)
  return { resource, operation, designations, subject, allowUndesignated }
}
