import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import { CapabilityException } from '@writ/nestjs'
import { type Log, logFailure, problemAnswer } from 'service-kit'

/** Every error as problem details (RFC 9457), in the manner of the guard's refusals; those it leaves as they are. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse()
    if (error instanceof CapabilityException) {
      response.status(error.getStatus()).end(error.body)
      return
    }
    const { status, contentType, body } = problemAnswer(error)
    if (status >= 500) logFailure('orders', this.#log, error)
    response.status(status).type(contentType).send(body)
  }
}
