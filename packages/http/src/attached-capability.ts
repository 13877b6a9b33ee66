import type { VerifiedCapability } from '@writ/core/verify'
import type { DesignatedCapability } from './typed/designated-capability.ts'

/** By the framework's request object, so that no name on it can collide. */
const attached = new WeakMap<object, VerifiedCapability>()

/**
 * Attaches a capability to a framework's request object, in place of an earlier one. `undefined` attaches nothing.
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
export function attachCapability(native: object, capability: VerifiedCapability | undefined): void {
  if (capability !== undefined) attached.set(native, capability)
}

/**
 * Returns the capability that a guard attached to a framework's request object, if any.
 *
 * @example
 * ```ts
 * import { attachedCapability } from '@writ/http'
 *
 * console.log(attachedCapability({})) // undefined
 * ```
 */
export function attachedCapability(native: object): VerifiedCapability | undefined {
  return attached.get(native)
}

/**
 * Returns the capability that a guard attached to a framework's request object.
 *
 * @param route - The pattern of the route, for the error. Never the path that a caller sent.
 * @param labels - Labels that the capability must bind. Default: none.
 * @throws `Error` that starts with `route` if no capability is attached, or if it does not bind each label.
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
  const capability = attached.get(native)
  if (!capability)
    throw new Error(`${route}: no capability is attached: no guard ran, or it lets requests without one pass`)
  const missing = labels.find((label) => !Object.hasOwn(capability.designations, label))
  if (missing !== undefined) throw new Error(`${route}: the capability does not bind ${missing}: no guard demanded it`)
  return capability as DesignatedCapability<Label>
}
