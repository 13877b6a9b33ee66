import { CapabilityError } from '../capability-error.ts'

/** The refusal of a token that is not well formed, while nothing of it is proven. */
export function malformed(cause?: unknown): CapabilityError {
  return new CapabilityError('malformed_token', { proven: false, cause })
}

/** The refusal of a token that is over a limit, while nothing of it is proven. */
export function tooLarge(): CapabilityError {
  return new CapabilityError('limits_exceeded', { proven: false })
}
