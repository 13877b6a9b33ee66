import { HttpException } from '@nestjs/common'
import type { CapabilityErrorCode } from '@writ/core/verify'
import { type Refusal, RefusalError } from '@writ/http'

/**
 * A refusal as Nest's exception filters get it: `getStatus()`, `getResponse()` (the problem details), `code`, `headers`. Its `cause` is a
 * `CapabilityError` with what is for operators only.
 *
 * @example
 * ```ts
 * import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
 * import { CapabilityException } from '@writ/nestjs'
 *
 * @Catch(CapabilityException)
 * export class RefusalFilter implements ExceptionFilter {
 *   catch(exception: CapabilityException, host: ArgumentsHost) {
 *     host.switchToHttp().getResponse().status(exception.getStatus()).json({ reason: exception.code })
 *   }
 * }
 * ```
 */
export class CapabilityException extends HttpException {
  /** What the caller may know; that of `cause.cause` is the true one. */
  readonly code: CapabilityErrorCode
  /** Set on the response already, unless the guard was built with `refuse`. */
  readonly headers: Readonly<Record<string, string>>
  /** What the guard answers where no filter does. */
  readonly body: string

  constructor(refusal: Refusal) {
    super(readBody(refusal.body), refusal.status, { cause: new RefusalError(refusal) })
    this.message = refusal.title
    this.code = refusal.code
    this.headers = refusal.headers
    this.body = refusal.body
    // Loggers print it, and a refusal is no fault in the program.
    Object.defineProperty(this, 'stack', { value: `${this.name}: ${this.message}`, configurable: true, writable: true })
  }
}

/** The body is the guard's own, or that of `onRefusal`, which may be any text. */
function readBody(body: string): string | Record<string, unknown> {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
