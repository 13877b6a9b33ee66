import { z } from '@hono/zod-openapi'

/** A problem document (RFC 9457). */
const Problem: z.ZodType = z
  .object({
    type: z.string().openapi({ example: 'urn:writ:problem:refused' }),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    requestId: z.string(),
  })
  .openapi('Problem')

const DESCRIPTIONS: ReadonlyMap<number, string> = new Map([
  [400, 'The body cannot be read'],
  [401, 'There is no credential, or it is not accepted'],
  [403, 'The credential does not permit this, or the policy does not'],
  [404, 'There is nothing here'],
  [412, 'Somebody else has changed it meanwhile'],
  [413, 'The body is too large'],
  [415, 'The body is not JSON'],
  [422, 'The request does not have the form of this route'],
  [428, 'The request does not say which version it changes'],
  [429, 'Too many requests'],
  [503, 'A part of the authority does not answer'],
])

interface ProblemAnswer {
  readonly description: string
  readonly content: { readonly 'application/problem+json': { readonly schema: z.ZodType } }
}

/** What every route may answer, and the problems of this one. */
export function problems(...statuses: readonly number[]): Record<number, ProblemAnswer> {
  const content = { 'application/problem+json': { schema: Problem } }
  const answers = [...statuses, 429, 503].map((status): [number, ProblemAnswer] => [
    status,
    { description: DESCRIPTIONS.get(status) ?? '', content },
  ])
  return Object.fromEntries(answers)
}

/** For answers with a token or a secret: neither is kept by anybody on the way. */
export const PRIVATE: { readonly 'Cache-Control': 'no-store' } = { 'Cache-Control': 'no-store' }

/** An answer of JSON. */
export function json<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
): { description: string; content: { 'application/json': { schema: Schema } } } {
  return { description, content: { 'application/json': { schema } } }
}

/** A request body of JSON. */
export function body<Schema extends z.ZodType>(
  schema: Schema,
): { body: { required: true; content: { 'application/json': { schema: Schema } } } } {
  return { body: { required: true, content: { 'application/json': { schema } } } }
}
