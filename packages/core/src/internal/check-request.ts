import type { CapabilityRequest } from '../verifier.ts'
import { checkBoolean, checkOptions, checkText } from './options.ts'

const REQUEST_KEYS = ['resource', 'operation', 'designations', 'subject', 'allowUndesignated']

/** Errors: `TypeError` naming the part that is missing, unknown or of the wrong type. */
export function checkRequest(request: CapabilityRequest): void {
  checkOptions('request', request, REQUEST_KEYS)
  checkText('resource', request.resource)
  checkText('operation', request.operation)
  if (request.subject !== undefined) checkText('subject', request.subject)
  checkBoolean('allowUndesignated', request.allowUndesignated)
}
