import type { CapabilityErrorCode } from '@writ/core/verify'
import { markCapability } from './internal/mark-capability.ts'
import { createSideTable } from './internal/side-table.ts'
import type { DesignatedCapability } from './typed/designated-capability.ts'
import type { AttachedCapability, ReportedCapability } from './typed/enforced-capability.ts'

interface Attached {
  readonly capability: AttachedCapability | undefined
  readonly code: CapabilityErrorCode | undefined
}

/** By the framework's request object, so that no name on it can collide. */
const attached = createSideTable<object, Attached>()

/**
 * Attaches what a guard has decided to a framework's request object. A capability takes the place of an earlier one. Of several
 * codes the first stays, since the first guard that refuses would end the request.
 *
 * @param capability - That of the outcome; `undefined` leaves an earlier one.
 * @param code - That of the outcome, which it has only in report mode.
 *
 * @example
 * ```ts
 * import { attachCapability, attachedCapability } from '@writ/http'
 *
 * const request = {}
 * attachCapability(request, undefined)
 * console.log(attachedCapability(request)) // undefined
 * ```
 */
export function attachCapability(
  native: object,
  capability: AttachedCapability | undefined,
  code?: CapabilityErrorCode | undefined,
): void {
  const before = attached.get(native)
  const first = before?.code ?? code
  const found = capability ?? before?.capability
  const refused = first === undefined || found === undefined ? undefined : markCapability(found, false, first)
  attached.set(native, { capability: refused ?? found, code: first })
}

/**
 * Returns the capability that a guard attached to a framework's request object, if any was proven.
 *
 * @example
 * ```ts
 * import { attachedCapability } from '@writ/http'
 *
 * console.log(attachedCapability({})) // undefined
 * ```
 */
export function attachedCapability(native: object): AttachedCapability | undefined {
  return attached.get(native)?.capability
}

/**
 * Returns the capability that a guard attached to a framework's request object. In report mode, where a request continues although
 * nothing was proven, the result is a capability of nobody for nothing.
 *
 * @param route - The pattern of the route, for the error. Never the path that a caller sent.
 * @param labels - Labels that the capability must bind. Default: none.
 * @throws `Error` that starts with `route` if no guard ran, or it lets requests without a capability pass. Also if the capability
 *   does not bind each label.
 *
 * @example
 * ```ts
 * import { demandCapability } from '@writ/http'
 *
 * try {
 *   demandCapability({}, 'GET /:tenantId/invoices')
 * } catch (error) {
 *   console.log(String(error)) // Error: GET /:tenantId/invoices: no capability is attached ...
 * }
 * ```
 */
export function demandCapability<const Label extends string = never>(
  native: object,
  route: string,
  labels: readonly Label[] = [],
): DesignatedCapability<Label> {
  const { capability, code } = attached.get(native) ?? {}
  const found = capability ?? (code === undefined ? undefined : unprovenCapability(code))
  if (found === undefined)
    throw new Error(`${route}: no capability is attached: no guard ran, or it lets requests without one pass`)
  const missing = labels.find((label) => !Object.hasOwn(found.designations, label))
  if (missing !== undefined) {
    const why = found.enforced ? 'no guard demanded it' : 'the guard reports, and lets such requests pass'
    throw new Error(`${route}: the capability does not bind ${missing}: ${why}`)
  }
  return found as DesignatedCapability<Label>
}

/**
 * Stands in where nothing was proven, so that report mode does not break handlers. It holds nothing of the request, and no value
 * that a real token has: names of real ones are not empty, they end later, and this one cannot be presented anywhere.
 */
function unprovenCapability(code: CapabilityErrorCode): ReportedCapability {
  const nobody = {
    kind: 'capability',
    subject: '',
    resource: '',
    operation: '',
    designations: Object.freeze(Object.create(null)),
    expiresAt: 0,
    revocationIds: Object.freeze([]),
    rootKeyId: undefined,
    enforced: false,
    code,
  }
  return Object.freeze(Object.defineProperty(nobody, 'token', { value: '' })) as unknown as ReportedCapability
}
