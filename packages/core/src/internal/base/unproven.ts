import { CapabilityError } from './capability-error.ts'
import type { Limits } from './limits.ts'

/** The refusal of a token that is not well formed, while nothing of it is proven. */
export function malformed(cause?: unknown): CapabilityError {
  return new CapabilityError('malformed_token', { proven: false, cause })
}

/** The refusal of a token that is over a limit, while nothing of it is proven. */
export function tooLarge(limit: keyof Limits): CapabilityError {
  return new CapabilityError('limits_exceeded', { label: limit, proven: false })
}
