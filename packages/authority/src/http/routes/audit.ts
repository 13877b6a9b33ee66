import { createRoute, z } from '@hono/zod-openapi'
import { findRecords } from '../../audit/find-records.ts'
import { AuthorityError } from '../../authority-error.ts'
import { exportCheckpoint } from '../../checkpoints/export-checkpoint.ts'
import { findLineage } from '../../revoke/find-lineage.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsAdministrators } from '../middleware/admits.ts'
import { json, problems } from '../schemas/answers.ts'
import { Digits, Name, numberOf } from '../schemas/text.ts'

const Id = z.string().regex(/^([0-9a-f]{2}){32,128}$/)
const Filter = z.strictObject({
  subject: Name.optional(),
  resource: Name.optional(),
  decision: z.enum(['allowed', 'refused']).optional(),
  revocationId: Id.optional(),
  from: Digits.optional(),
  to: Digits.optional(),
  after: Digits.optional(),
  limit: z
    .string()
    .regex(/^([1-9][0-9]{0,2}|1000)$/)
    .optional(),
})
const Records = z
  .object({ records: z.array(z.looseObject({ sequence: z.number().int() })), next: z.number().int().nullable() })
  .openapi('AuditPage')
const Checkpoint = z.looseObject({ sequence: z.number().int(), hash: z.string() }).openapi('Checkpoint')
const Lineage = z
  .object({
    token: z.looseObject({ id: z.string() }),
    ancestors: z.array(z.looseObject({ id: z.string() })),
    descendants: z.array(z.looseObject({ id: z.string() })),
    more: z.boolean(),
  })
  .openapi('Lineage')

/** The audit, and what was minted from what. */
export function addAuditRoutes(app: App, http: HttpParts): void {
  const security = [{ capability: [] }]
  const search = createRoute({
    method: 'get',
    path: '/v1/audit',
    operationId: 'searchAudit',
    summary: 'Records of what was done and refused, in their order. `next` is the cursor of the next page',
    security,
    middleware: admitsAdministrators(http, 'authority.audit', 'read'),
    request: { query: Filter },
    responses: { 200: json('A page', Records), ...problems(401, 403, 422) },
  })
  app.openapi(search, async (c) => {
    const { from, to, after, limit, ...filter } = c.req.valid('query')
    const numbers = { from: numberOf(from), to: numberOf(to), after: numberOf(after), limit: numberOf(limit) }
    const found = await http.store.read((query) => findRecords(query, { ...filter, ...numbers }))
    return c.json({ records: found.records.map((record) => ({ ...record })), next: found.next }, 200)
  })

  const checkpoint = createRoute({
    method: 'get',
    path: '/v1/audit/checkpoint',
    operationId: 'readCheckpoint',
    summary:
      'The last signed checkpoint of the audit. Keep it elsewhere: it shows whether older records were rewritten',
    security,
    middleware: admitsAdministrators(http, 'authority.audit', 'read'),
    responses: { 200: json('The checkpoint', Checkpoint), ...problems(401, 403, 404) },
  })
  app.openapi(checkpoint, async (c) => {
    const line = await http.store.read(exportCheckpoint)
    if (line === undefined) throw new AuthorityError('not_found')
    return c.json(JSON.parse(line) as z.infer<typeof Checkpoint>, 200)
  })

  const lineage = createRoute({
    method: 'get',
    path: '/v1/lineage/{id}',
    operationId: 'findLineage',
    summary: 'What a token was minted from, and what was minted from it, by the revocation id of its authority block',
    security,
    middleware: admitsAdministrators(http, 'authority.lineage', 'read'),
    request: { params: z.object({ id: Id }) },
    responses: { 200: json('The lineage', Lineage), ...problems(401, 403, 404, 422) },
  })
  app.openapi(lineage, async (c) => {
    const found = await http.store.read((query) => findLineage(query, c.req.valid('param').id))
    if (found === undefined) throw new AuthorityError('not_found')
    return c.json(found as unknown as z.infer<typeof Lineage>, 200)
  })
}
