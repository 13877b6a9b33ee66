import { createRoute, z } from '@hono/zod-openapi'
import { capability } from '@writ/hono'
import { createEnrolment } from '../../enrol/create-enrolment.ts'
import { mintFirstIdentity } from '../../enrol/mint-first-identity.ts'
import { mintIdentityFor } from '../../enrol/mint-identity-for.ts'
import { refreshIdentity } from '../../enrol/refresh-identity.ts'
import { exchangeAssertion } from '../../oidc/exchange-assertion.ts'
import { endIdentity } from '../../revoke/end-identity.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsAdministrators, admitsIdentities, admitsStrangers } from '../middleware/admits.ts'
import { takesJson } from '../middleware/takes-json.ts'
import { body, json, PRIVATE, problems } from '../schemas/answers.ts'
import { Name, Seconds, Time, Token } from '../schemas/text.ts'

const Identity = z.object({ identity: Token, subject: Name, expiresAt: Time }).openapi('Identity')
const BySecret = z.strictObject({ secret: z.string().min(1).max(128) })
const ByAssertion = z.strictObject({ assertion: Token })
const ForSubject = z.strictObject({ subject: Name, expiresIn: Seconds.optional(), delegatable: z.boolean().optional() })
const Secret = z.object({ secret: z.string(), expiresAt: Time }).openapi('Enrolment')
const Names = z.strictObject({ names: z.array(Name).min(1).max(100).optional() })
const Ended = z.object({ sequence: z.number().int(), added: z.number().int() }).openapi('Ended')
const Enrol = z.strictObject({ subject: Name, expiresIn: Seconds.optional() })

/** Identities: who somebody is. */
export function addIdentityRoutes(app: App, http: HttpParts): void {
  const first = createRoute({
    method: 'post',
    path: '/v1/identities',
    operationId: 'mintIdentity',
    summary: 'A first identity, for an enrolment secret or for an assertion of an issuer that the policy names',
    middleware: [...admitsStrangers(http), ...takesJson()],
    request: body(z.union([BySecret, ByAssertion])),
    responses: { 200: json('The identity', Identity), ...problems(400, 401, 413, 415, 422) },
  })
  app.openapi(first, async (c) => {
    const given = c.req.valid('json')
    const minted =
      'secret' in given
        ? await mintFirstIdentity(http, given)
        : await exchangeAssertion(http, { token: given.assertion })
    return c.json(minted, 200, PRIVATE)
  })

  const forSubject = createRoute({
    method: 'post',
    path: '/v1/identities/subjects',
    operationId: 'mintIdentityFor',
    summary: 'An identity of any subject that the policy knows, by a capability to `mint` `authority.identities`',
    security: [{ capability: [] }],
    middleware: [...admitsAdministrators(http, 'authority.identities', 'mint'), ...takesJson()],
    request: body(ForSubject),
    responses: { 200: json('The identity', Identity), ...problems(400, 401, 403, 413, 415, 422) },
  })
  app.openapi(forSubject, async (c) => {
    const { subject: actor, revocationIds: presentedIds } = capability(c)
    return c.json(await mintIdentityFor(http, { ...c.req.valid('json'), actor, presentedIds }), 200, PRIVATE)
  })

  const refresh = createRoute({
    method: 'post',
    path: '/v1/identities/refresh',
    operationId: 'refreshIdentity',
    summary: 'A new identity for one that was minted here and that nobody has narrowed or delegated',
    security: [{ identity: [] }],
    middleware: admitsIdentities(http, 'identity.refreshed'),
    responses: { 200: json('The identity', Identity), ...problems(401, 403) },
  })
  app.openapi(refresh, async (c) => c.json(await refreshIdentity(http, { identity: c.get('identity') }), 200, PRIVATE))

  const end = createRoute({
    method: 'post',
    path: '/v1/identities/end',
    operationId: 'endIdentity',
    summary: 'Ends names that an identity may speak as, or the identity with all that came from it, before its time',
    security: [{ identity: [] }],
    middleware: [...admitsIdentities(http, 'actor.revoked'), ...takesJson()],
    request: body(Names),
    responses: {
      200: json('Verifiers that know the feed up to `sequence` refuse all of it', Ended),
      ...problems(400, 401, 413, 415, 422),
    },
  })
  app.openapi(end, async (c) => {
    const { names } = c.req.valid('json')
    return c.json(await endIdentity(http, { identity: c.get('identity'), names }), 200)
  })

  const enrol = createRoute({
    method: 'post',
    path: '/v1/enrolments',
    operationId: 'createEnrolment',
    summary: 'A secret that is good for one identity of a subject, once',
    security: [{ capability: [] }],
    middleware: [...admitsAdministrators(http, 'authority.enrolments', 'write'), ...takesJson()],
    request: body(Enrol),
    responses: { 200: json('The secret. It is nowhere else', Secret), ...problems(400, 401, 403, 413, 415, 422) },
  })
  app.openapi(enrol, async (c) => {
    const { subject: actor } = capability(c)
    return c.json(await createEnrolment(http, { ...c.req.valid('json'), actor }), 200, PRIVATE)
  })
}
