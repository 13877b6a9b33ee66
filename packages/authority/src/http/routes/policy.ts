import { createRoute, z } from '@hono/zod-openapi'
import { capability } from '@writ/hono'
import { evaluatePolicy } from '../../policy/evaluate-policy.ts'
import { putPolicy } from '../../policy/put-policy.ts'
import { readPolicy } from '../../policy/read-policy.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsAdministrators } from '../middleware/admits.ts'
import { takesJson } from '../middleware/takes-json.ts'
import { body, json, problems } from '../schemas/answers.ts'
import { Designations, Name, Seconds, Time, Token } from '../schemas/text.ts'

/** Bytes of a body with a policy and a schema. */
const MAX_BODY = 1024 * 1024

const Version = z
  .object({
    version: z.number().int(),
    etag: z.string(),
    policy: z.string(),
    schema: z.string().nullable(),
    author: Name.nullable(),
    createdAt: Time,
    diff: z.looseObject({}).nullable(),
  })
  .openapi('PolicyVersion')
/** A schema that is left out stays in force, and `null` takes it away. */
const Change = z.strictObject({
  policy: z.string().max(MAX_BODY),
  schema: z.string().max(MAX_BODY).nullable().optional(),
})
/** Without it the answer is 428, which no schema can say. */
const IfMatch = z.object({
  'if-match': z
    .string()
    .max(256)
    .optional()
    .openapi({ param: { required: true } }),
})
const Question = z.strictObject({
  subject: Name,
  target: Name,
  operation: Name,
  designations: Designations.optional(),
  anchor: Name.optional(),
  expiresIn: Seconds.optional(),
  context: Token.optional(),
})
const Evaluation = z.looseObject({ policyVersion: z.number().int(), allowed: z.boolean() }).openapi('Evaluation')

/** The policy: who may have what minted. */
export function addPolicyRoutes(app: App, http: HttpParts): void {
  const security = [{ capability: [] }]
  const read = createRoute({
    method: 'get',
    path: '/v1/policy',
    operationId: 'readPolicy',
    summary: 'The policy and the schema in force, who put them there, and what that changed',
    security,
    middleware: admitsAdministrators(http, 'authority.policy', 'read'),
    responses: { 200: json('The version in force, with its `ETag`', Version), ...problems(401, 403) },
  })
  app.openapi(read, async (c) => {
    const version = await readPolicy(http)
    return c.json(version as z.infer<typeof Version>, 200, { ETag: `"${version.etag}"` })
  })

  const put = createRoute({
    method: 'put',
    path: '/v1/policy',
    operationId: 'putPolicy',
    summary:
      'Puts another policy in force at once, in every process. `If-Match` names the version that it replaces. Without `schema` that ' +
      'in force stays',
    security,
    middleware: [...admitsAdministrators(http, 'authority.policy', 'write'), ...takesJson(MAX_BODY)],
    request: { ...body(Change), headers: IfMatch },
    responses: { 200: json('The version in force', Version), ...problems(400, 401, 403, 412, 413, 415, 422, 428) },
  })
  app.openapi(put, async (c) => {
    const { subject: author } = capability(c)
    const ifMatch = tagOf(c.req.valid('header')['if-match'])
    const version = await putPolicy(http, { ...c.req.valid('json'), ifMatch, author })
    return c.json(version as z.infer<typeof Version>, 200, { ETag: `"${version.etag}"` })
  })

  const evaluate = createRoute({
    method: 'post',
    path: '/v1/policy/evaluate',
    operationId: 'evaluatePolicy',
    summary: 'What a mint would do, and which step would refuse it. Nothing is minted',
    security,
    middleware: [...admitsAdministrators(http, 'authority.policy', 'read'), ...takesJson()],
    request: body(Question),
    responses: { 200: json('The answer', Evaluation), ...problems(400, 401, 403, 413, 415, 422) },
  })
  app.openapi(evaluate, async (c) => c.json(await evaluatePolicy(http, c.req.valid('json')), 200))
}

/** The tag of `If-Match` (RFC 9110 section 13.1.1). Of `*` and of lists none: they name no one version. */
function tagOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^"([^"]*)"$/.exec(header)?.[1] ?? header)
}
