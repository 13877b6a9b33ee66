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
class MarkedCapability {
  readonly #capability: VerifiedCapability

  constructor(capability: VerifiedCapability, enforced: boolean, code: CapabilityErrorCode | undefined) {
    this.#capability = capability
    Object.assign(this, capability, code === undefined ? { enforced } : { enforced, code })
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
