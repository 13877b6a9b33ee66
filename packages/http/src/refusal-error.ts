import { CapabilityError } from '@writ/core/verify'
import type { Demand, Refusal } from './refusal.ts'

/**
 * A refusal as an error, for a framework's own error handling. Common error handlers look for its `status` and `headers`.
 *
 * `code` is the public code, and the message its title in {@link PROBLEMS}; the true code is that of `cause`. There is no stack: error pages print it, and a refusal is not a
 * fault in the program.
 *
 * @example
 * ```ts
 * import { CapabilityError } from '@writ/core'
 * import { RefusalError, refusalOf } from '@writ/http'
 *
 * const refusal = refusalOf(new CapabilityError('revoked'), { realm: 'writ', rfc6750: false, retryAfter: 5 })
 * const error = new RefusalError(refusal)
 * console.log(error instanceof CapabilityError, error.status, error.code) // true 403 revoked
 * ```
 */
export class RefusalError extends CapabilityError {
  /** The HTTP status to answer with. */
  readonly status: number
  /** The challenge, `Cache-Control` and `Retry-After`. The error handler chooses the body and its type. */
  readonly headers: Readonly<Record<string, string>>
  /** What the route demands, if the caller may know it: see {@link Refusal.required}. */
  readonly required: Demand | undefined

  constructor(refusal: Refusal) {
    const { label, expected, actual, block, check } = refusal.error
    super(refusal.code, { label, expected, actual, block, check, cause: refusal.error })
    const { 'Content-Type': _, ...headers } = refusal.headers
    // The wording of the answer: error pages and filters print the message to the caller.
    this.message = refusal.title
    this.status = refusal.status
    this.headers = Object.freeze(headers)
    this.required = refusal.required
    Object.defineProperty(this, 'stack', { value: `${this.name}: ${this.message}`, configurable: true, writable: true })
  }
}
