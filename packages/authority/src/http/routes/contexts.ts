import { createRoute, z } from '@hono/zod-openapi'
import { capability } from '@writ/hono'
import { addContextExposure } from '../../issue/add-context-exposure.ts'
import { forkContext } from '../../issue/fork-context.ts'
import { openContext } from '../../issue/open-context.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsAdministrators, admitsIdentities } from '../middleware/admits.ts'
import { takesJson } from '../middleware/takes-json.ts'
import { body, json, PRIVATE, problems } from '../schemas/answers.ts'
import { Name, Seconds, Time, Token } from '../schemas/text.ts'

const MOST_LABELS = 100

const Context = z.object({ context: Token, subject: Name, expiresAt: Time }).openapi('Context')
const Open = z.strictObject({ expiresIn: Seconds.optional() })
const OpenFresh = z.strictObject({ subject: Name, expiresIn: Seconds.optional(), fresh: z.boolean().optional() })
const Fork = z.strictObject({ context: Token, subject: Name, expiresIn: Seconds.optional() })
const Expose = z.strictObject({ context: Token, exposures: z.array(Name).min(1).max(MOST_LABELS), source: Name })
const PROBLEMS = problems(400, 401, 403, 413, 415, 422)

/** Contexts: what a session has been exposed to. */
export function addContextRoutes(app: App, http: HttpParts): void {
  const security = [{ identity: [] }]
  const open = createRoute({
    method: 'post',
    path: '/v1/contexts',
    operationId: 'openContext',
    summary: 'Opens a session. It starts with what open sessions of the subject have seen',
    security,
    middleware: [...admitsIdentities(http, 'context.opened'), ...takesJson()],
    request: body(Open),
    responses: { 200: json('The context of the session', Context), ...PROBLEMS },
  })
  app.openapi(open, async (c) =>
    c.json(await openContext(http, { ...c.req.valid('json'), identity: c.get('identity') }), 200, PRIVATE),
  )

  const openFresh = createRoute({
    method: 'post',
    path: '/v1/contexts/subjects',
    operationId: 'openContextFor',
    summary: 'Opens a session of any subject, fresh if asked: that sheds exposure, so only administrators can',
    security: [{ capability: [] }],
    middleware: [...admitsAdministrators(http, 'authority.contexts', 'open'), ...takesJson()],
    request: body(OpenFresh),
    responses: { 200: json('The context of the session', Context), ...PROBLEMS },
  })
  app.openapi(openFresh, async (c) => {
    const { subject: actor, revocationIds: presentedIds } = capability(c)
    return c.json(await openContext(http, { ...c.req.valid('json'), actor, presentedIds }), 200, PRIVATE)
  })

  const fork = createRoute({
    method: 'post',
    path: '/v1/contexts/forks',
    operationId: 'forkContext',
    summary: 'A context for a name below, in the same session',
    security,
    middleware: [...admitsIdentities(http, 'context.forked'), ...takesJson()],
    request: body(Fork),
    responses: { 200: json('The context', Context), ...PROBLEMS },
  })
  app.openapi(fork, async (c) =>
    c.json(await forkContext(http, { ...c.req.valid('json'), identity: c.get('identity') }), 200, PRIVATE),
  )

  const expose = createRoute({
    method: 'post',
    path: '/v1/contexts/exposures',
    operationId: 'addExposure',
    summary: 'Records what a session was exposed to. Older copies of its context gain nothing',
    security,
    middleware: [...admitsIdentities(http, 'exposure.added'), ...takesJson()],
    request: body(Expose),
    responses: { 200: json('The context to go on with', Context), ...PROBLEMS },
  })
  app.openapi(expose, async (c) =>
    c.json(await addContextExposure(http, { ...c.req.valid('json'), identity: c.get('identity') }), 200, PRIVATE),
  )
}
