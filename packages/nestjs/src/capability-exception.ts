import { HttpException } from '@nestjs/common'
import type { CapabilityErrorCode } from '@writ/core/verify'
import { type Refusal, RefusalError } from '@writ/http'

/**
 * A refusal as Nest's exception filters get it: `getStatus()`, `getResponse()` (the problem details), `code`, `headers`.
 * Its `cause` is a `CapabilityError` with details that are for operators only.
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
  /** The code that the caller may know. The code of `cause.cause` is the true one. */
  readonly code: CapabilityErrorCode
  /** Already set on the response, unless `refuse` is `'error'`. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of the answer if no filter gives another. */
  readonly body: string

  constructor(refusal: Refusal) {
    super(readBody(refusal.body), refusal.status, { cause: new RefusalError(refusal) })
    this.message = refusal.title
    this.code = refusal.code
    this.headers = refusal.headers
    this.body = refusal.body
    // Loggers print the stack, but a refusal is not a fault in the program.
    Object.defineProperty(this, 'stack', { value: `${this.name}: ${this.message}`, configurable: true, writable: true })
  }
}

/** The body is JSON of the guard, or any text of `onRefusal`. */
function readBody(body: string): string | Record<string, unknown> {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
