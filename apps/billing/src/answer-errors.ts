import type { ErrorRequestHandler, RequestHandler } from 'express'
import { type Log, logFailure, Problem, problemAnswer } from 'service-kit'

/** What no route matched. */
export const notFound: RequestHandler = () => {
  throw new Problem(404, 'there is no such route')
}

/** Every error as problem details (RFC 9457), in the manner of the guard's refusals. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error, _req, res, next) => {
    if (res.headersSent) {
      next(error)
      return
    }
    const { status, contentType, body } = problemAnswer(error)
    if (status >= 500) logFailure('billing', log, error)
    res.status(status).type(contentType).send(body)
  }
}
