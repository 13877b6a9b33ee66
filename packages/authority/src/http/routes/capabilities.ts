import { createRoute, z } from '@hono/zod-openapi'
import type { CapabilityAnswer } from '../../issue/capability-request.ts'
import { mintCapabilities } from '../../issue/mint-capabilities.ts'
import type { Act } from '../act.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsIdentities } from '../middleware/admits.ts'
import { takesJson } from '../middleware/takes-json.ts'
import { problemOf } from '../problems/problem-of.ts'
import { body, json, PRIVATE, problems } from '../schemas/answers.ts'
import { Designations, Name, Seconds, Time, Token } from '../schemas/text.ts'

const MOST = 100

const Request = z
  .strictObject({
    target: Name,
    operation: Name,
    designations: Designations.optional(),
    anchor: Name.optional(),
    expiresIn: Seconds.optional(),
    singleUse: z.boolean().optional(),
    context: Token.optional(),
  })
  .openapi('CapabilityRequest')
const Batch = z.strictObject({ requests: z.array(Request).min(1).max(MOST) })

const Capability = z
  .object({
    capability: Token,
    subject: Name,
    target: Name,
    operation: Name,
    designations: Designations,
    anchor: Name.optional(),
    expiresAt: Time,
    context: Token.optional(),
  })
  .openapi('Capability')
const Refused = z.object({ problem: z.looseObject({ code: z.string(), title: z.string() }) }).openapi('RefusedItem')
const Results = z.object({ results: z.array(z.union([Capability, Refused])) }).openapi('CapabilityResults')

/** Capabilities: who may do what to which object. */
export function addCapabilityRoutes(app: App, http: HttpParts): void {
  const mint = createRoute({
    method: 'post',
    path: '/v1/capabilities',
    operationId: 'mintCapabilities',
    summary: 'One capability, or up to a hundred. Of several, each is answered by itself',
    security: [{ identity: [] }],
    middleware: [...admitsIdentities(http, 'capability.minted'), ...takesJson()],
    request: body(z.union([Batch, Request])),
    responses: {
      200: json('The capability, or one result for each request', z.union([Results, Capability])),
      ...problems(400, 401, 403, 413, 415, 422),
    },
  })
  app.openapi(mint, async (c) => {
    const given = c.req.valid('json')
    const identity = c.get('identity')
    if ('requests' in given) {
      const answers = await mintCapabilities(http, { identity, requests: given.requests })
      for (const answer of answers) http.count(actOf(answer))
      return c.json({ results: answers.map(describe) }, 200, PRIVATE)
    }
    const [answer] = (await mintCapabilities(http, { identity, requests: [given] })) as [CapabilityAnswer]
    if (answer.refused !== undefined) throw answer.refused
    return c.json(answer.minted, 200, PRIVATE)
  })
}

function actOf({ refused }: CapabilityAnswer): Act {
  if (refused === undefined) return { act: 'capability', decision: 'allowed', code: 'ok' }
  return { act: 'capability', decision: 'refused', code: problemOf(refused).code }
}

function describe({ minted, refused }: CapabilityAnswer): z.infer<typeof Results>['results'][number] {
  if (refused === undefined) return minted
  const { code, title, details } = problemOf(refused)
  return { problem: { ...details, code, title } }
}
