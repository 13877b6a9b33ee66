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
 * Checks a request and reads each member once. The caller could change the object while its own functions run, and then
 * one value would select the right and another would be checked.
 *
 * @throws `TypeError` naming the member that is missing, unknown or of the wrong type.
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
