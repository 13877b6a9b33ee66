import {
  checkDesignations,
  checkOptions,
  checkString,
  isLabel,
  isPlainObject,
  readString,
} from '../../internal/base/options.ts'
import { printable } from '../../internal/base/printable.ts'
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
  return {
    resource,
    operation,
    designations,
    subject,
    allowUndesignated: readOptional(allowUndesignated, designations),
  }
}

/**
 * Checks the designations of a request, and returns them as a map.
 *
 * @throws `TypeError` that starts with `designations`.
 */
export function readDesignations(given: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (!isPlainObject(given)) return checkDesignations('designations', given, readString)
  const labels = Object.keys(given)
  for (const label of labels) {
    const value = (given as Readonly<Record<string, unknown>>)[label]
    // Whatever is wrong is found again there, and worded. Almost always nothing is, and then no words are made.
    if (labels.length > MANY || !isLabel(label) || typeof value !== 'string') {
      return checkDesignations('designations', given, readString)
    }
    found.set(label, value)
  }
  return found
}

/** Of more, the count is checked too. */
const MANY = 16

/** Copies the list of labels, for the same reason. Only what a function will return may lack a label of the list. */
function readOptional(
  given: CapabilityRequest['allowUndesignated'],
  designations: CapabilityRequest['designations'] = {},
): CapabilityRequest['allowUndesignated'] {
  if (given === undefined || typeof given === 'boolean') return given
  if (!Array.isArray(given)) throw new TypeError('allowUndesignated: must be true, false or a list of labels')
  const labels: readonly unknown[] = [...given]
  for (const label of labels) {
    checkString('allowUndesignated', label)
    // A wrong `designations` is reported as that, later.
    if (isPlainObject(designations) && !Object.hasOwn(designations, label))
      throw new TypeError(`allowUndesignated: ${printable(label)} is not a label of designations`)
  }
  return labels as readonly string[]
}
