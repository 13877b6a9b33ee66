import type { CapabilityErrorCode, VerifiedCapability } from '@writ/core/verify'
import type { AttachedCapability } from '../typed/enforced-capability.ts'

/** A copy that says whether the guard has enforced its requirement, and what the request would be refused with. */
export function markCapability(
  capability: VerifiedCapability,
  enforced: boolean,
  code?: CapabilityErrorCode | undefined,
): AttachedCapability {
  return new MarkedCapability(capability, enforced, code) as unknown as AttachedCapability
}

/** A class, because defining a getter on each copy takes several times as long. */
class MarkedCapability implements VerifiedCapability {
  readonly #capability: VerifiedCapability
  declare readonly kind: 'capability'
  declare readonly subject: string
  declare readonly resource: string
  declare readonly operation: string
  declare readonly designations: VerifiedCapability['designations']
  declare readonly expiresAt: number
  declare readonly revocationIds: readonly string[]
  declare readonly rootKeyId: number | undefined
  declare readonly enforced: boolean
  declare readonly code: CapabilityErrorCode | undefined

  constructor(capability: VerifiedCapability, enforced: boolean, code: CapabilityErrorCode | undefined) {
    this.#capability = capability
    // One by one, because that takes a fraction of the time of `Object.assign`.
    this.kind = capability.kind
    this.subject = capability.subject
    this.resource = capability.resource
    this.operation = capability.operation
    this.designations = capability.designations
    this.expiresAt = capability.expiresAt
    this.revocationIds = capability.revocationIds
    this.rootKeyId = capability.rootKeyId
    this.enforced = enforced
    if (code !== undefined) this.code = code
    Object.freeze(this)
  }

  /** Not among the members that are copied or printed, as in the original. */
  get token(): string {
    return this.#capability.token
  }

  /** How Node prints it. Without this, the print options `showHidden` and `getters` would reveal the token. */
  [Symbol.for('nodejs.util.inspect.custom')]<Options>(
    _depth: number,
    options: Options,
    print: (value: object, options: Options) => string,
  ): string {
    return print({ ...this }, options)
  }
}
