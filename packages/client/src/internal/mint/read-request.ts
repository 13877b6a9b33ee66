import { parseDuration } from '@writ/core/hold'
import type { CapabilityRequest } from '../../client.ts'
import { checkMembers, readDesignations, readText } from '../base/check.ts'

/** A request that was checked, and copied: its caller may change it meanwhile. */
export interface CapabilityQuestion {
  readonly target: string
  readonly operation: string
  readonly designations: readonly (readonly [label: string, value: string])[]
  readonly anchor: string | undefined
  /** Seconds. */
  readonly expiresIn: number | undefined
  readonly context: string | undefined
  readonly singleUse: true | undefined
}

const MEMBERS = {
  target: true,
  operation: true,
  designations: true,
  anchor: true,
  expiresIn: true,
  context: true,
  singleUse: true,
} satisfies Record<keyof CapabilityRequest, true>

export function readRequest(request: CapabilityRequest): CapabilityQuestion {
  checkMembers('request', request, MEMBERS)
  const { target, operation, designations, anchor, expiresIn, context, singleUse } = request
  if (context !== undefined && (typeof context !== 'string' || context === '')) {
    throw new TypeError('request.context: must be a context token')
  }
  if (singleUse !== undefined && typeof singleUse !== 'boolean')
    throw new TypeError('request.singleUse: must be true or false')
  return {
    target: readText('request.target', target),
    operation: readText('request.operation', operation),
    designations: readDesignations('request.designations', designations),
    anchor: anchor === undefined ? undefined : readText('request.anchor', anchor),
    expiresIn: expiresIn === undefined ? undefined : parseDuration('request.expiresIn', expiresIn),
    context,
    singleUse: singleUse || undefined,
  }
}

/** JSON of a list: no label or value can look like the border to the next one. */
export function keyOf({ target, operation, designations, anchor, expiresIn, singleUse }: CapabilityQuestion): string {
  const pairs = designations.toSorted(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([target, operation, pairs, anchor ?? null, expiresIn ?? null, singleUse ?? false])
}

/** What is sent. */
export function bodyOf({ designations, ...question }: CapabilityQuestion): object {
  // `fromEntries` defines members; an assignment to `__proto__` would not.
  return { ...question, ...(designations.length > 0 && { designations: Object.fromEntries(designations) }) }
}
