import { CapabilityError } from './capability-error.ts'
import type { Limits } from './limits.ts'

/** The refusal of a malformed token of which nothing is proven yet. */
export function malformed(cause?: unknown): CapabilityError {
  return new CapabilityError('malformed_token', { proven: false, cause })
}

/** The refusal of a token that exceeds a limit and of which nothing is proven yet. */
export function tooLarge(limit: keyof Limits): CapabilityError {
  return new CapabilityError('limits_exceeded', { label: limit, proven: false })
}
