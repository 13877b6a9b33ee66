import { createRoute, z } from '@hono/zod-openapi'
import { capability } from '@writ/hono'
import { readFeed } from '../../revoke/read-feed.ts'
import type { RevocationRequest } from '../../revoke/revocation-request.ts'
import { revoke } from '../../revoke/revoke.ts'
import { streamFeed } from '../feed/stream-feed.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsAdministrators, admitsAnybody } from '../middleware/admits.ts'
import { takesJson } from '../middleware/takes-json.ts'
import { body, json, problems } from '../schemas/answers.ts'
import { Digits, Name, numberOf, Time } from '../schemas/text.ts'

const reason = z.string().max(500).optional()
const Revocation = z.union([
  z.strictObject({ revocationId: z.string().regex(/^([0-9a-fA-F]{2}){32,128}$/), reason }),
  z.strictObject({ actorPrefix: Name, reason }),
  z.strictObject({ subjectPrefix: Name, issuedBefore: Time.optional(), reason }),
  z.strictObject({ issuedBefore: Time, reason }),
])
const Revoked = z.object({ sequence: z.number().int(), added: z.number().int() }).openapi('Revoked')

const Entry = z
  .object({
    sequence: z.number().int(),
    timeMs: z.number().int(),
    type: z.enum(['token', 'actor']),
    value: z.string(),
    issuedBefore: z.number().int().nullable(),
    expiresAt: Time,
  })
  .openapi('FeedEntry')
const Head = z
  .object({
    sequence: z.number().int(),
    timeMs: z.number().int(),
    hash: z.string(),
    baseSequence: z.number().int(),
    baseHash: z.string(),
    keyId: z.number().int(),
    signature: z.string(),
  })
  .openapi('FeedHead')
const Page = z.object({ entries: z.array(Entry), head: Head, more: z.boolean() }).openapi('FeedPage')
const Cursor = z.strictObject({
  after: Digits.optional(),
  limit: z
    .string()
    .regex(/^[0-9]{1,4}$/)
    .optional(),
})

/** Revocations, and the feed of them that verifiers follow. */
export function addRevocationRoutes(app: App, http: HttpParts): void {
  const add = createRoute({
    method: 'post',
    path: '/v1/revocations',
    operationId: 'revoke',
    summary: 'Revokes a token, what was minted for a name, or a name, with all that was minted from it',
    security: [{ capability: [] }],
    middleware: [...admitsAdministrators(http, 'authority.revocations', 'write'), ...takesJson()],
    request: body(Revocation),
    responses: {
      200: json('Verifiers that know the feed up to `sequence` refuse all of it', Revoked),
      ...problems(400, 401, 403, 413, 415, 422),
    },
  })
  app.openapi(add, async (c) => {
    const { subject: actor } = capability(c)
    const { reason, ...request } = c.req.valid('json')
    return c.json(await revoke(http, request as RevocationRequest, { actor, reason }), 200)
  })

  const read = createRoute({
    method: 'get',
    path: '/v1/revocations',
    operationId: 'readFeed',
    summary: 'The feed: a page after a cursor; with `Accept: text/event-stream` a stream that `Last-Event-ID` resumes',
    middleware: admitsAnybody(http),
    request: { query: Cursor },
    responses: {
      200: json('A page, with the signed head of the feed', Page),
      304: { description: 'As before' },
      ...problems(422),
    },
  })
  app.openapi(read, async (c) => {
    const { after, limit } = c.req.valid('query')
    const cursor = { after: numberOf(after), limit: numberOf(limit) }
    if (wantsEvents(c.req.header('accept'))) return streamFeed(c, http, cursor.after) as never
    const page = await readFeed(http, cursor)
    const etag = `"${page.head.sequence}-${page.head.hash.slice(0, 16)}"`
    const headers = { ETag: etag, 'Cache-Control': 'no-cache' }
    if (page.entries.length === 0 && c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
    return c.json(page as z.infer<typeof Page>, 200, headers)
  })
}

function wantsEvents(accept = ''): boolean {
  return accept.split(',', 16).some((type) => type.split(';', 1)[0]?.trim() === 'text/event-stream')
}
