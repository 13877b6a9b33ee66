/** An answer that is not what was asked for; `detail` is for the caller. */
export class Problem extends Error {
  readonly status: number

  constructor(status: number, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'Problem'
    this.status = status
  }
}

/** Problem details (RFC 9457), as the guards answer them. */
export interface ProblemAnswer {
  readonly status: number
  readonly contentType: 'application/problem+json; charset=utf-8'
  readonly body: string
}

const TITLES = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [409, 'Conflict'],
  [413, 'Payload Too Large'],
  [414, 'URI Too Long'],
  [415, 'Unsupported Media Type'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [504, 'Gateway Timeout'],
])

/**
 * The answer to any error: a {@link Problem} as it stands, an error that a framework marks as the caller's (`status` or
 * `statusCode` of 400 to 499) by its status alone, every other as a 500 that says nothing.
 */
export function problemAnswer(error: unknown): ProblemAnswer {
  const status = error instanceof Problem ? error.status : (clientErrorOf(error) ?? 500)
  const detail = error instanceof Problem ? error.message : undefined
  const body = JSON.stringify({ type: 'about:blank', title: TITLES.get(status), status, detail })
  return { status, contentType: 'application/problem+json; charset=utf-8', body }
}

function clientErrorOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  const { status, statusCode = status } = error as { status?: unknown; statusCode?: unknown }
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined
}
