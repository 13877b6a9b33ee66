import { STATUS_CODES } from 'node:http'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { Log } from './log.ts'

/** An answer that is not what was asked for; `detail` is for the caller. */
export class Problem extends Error {
  readonly status: number

  constructor(status: number, detail: string) {
    super(detail)
    this.name = 'Problem'
    this.status = status
  }
}

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
    const status = clientErrorOf(error)
    if (status === undefined) log({ failed: error instanceof Error ? error.stack : String(error) })
    answer(res, status ?? 500, error instanceof Problem ? error.message : undefined)
  }
}

/** 400 to 499, as Express and its body parser mark an error that is the caller's. */
function clientErrorOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}

function answer(res: Response, status: number, detail: string | undefined): void {
  res.status(status).type('application/problem+json')
  res.send(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail }))
}
