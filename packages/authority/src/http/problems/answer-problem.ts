import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { HttpEnv } from '../http-parts.ts'
import { problemOf } from './problem-of.ts'

/** Answers an error as a problem document. */
export function answerProblem(
  c: Context<HttpEnv>,
  error: unknown,
  more: Readonly<Record<string, string>> = {},
): Response {
  const { status, code, title, details, headers } = problemOf(error)
  c.set('code', code)
  const type = `urn:writ:problem:${code}`
  const body = JSON.stringify({ ...details, type, title, status, code, requestId: c.get('requestId') })
  const problem = { 'Content-Type': 'application/problem+json', ...headers, ...more }
  return c.body(body, status as ContentfulStatusCode, problem)
}
