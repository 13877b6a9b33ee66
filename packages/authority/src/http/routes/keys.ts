import { createRoute, z } from '@hono/zod-openapi'
import { capability } from '@writ/hono'
import { describeKeys } from '../../keys/describe-keys.ts'
import { rotateKey } from '../../keys/rotate-key.ts'
import { describeAuthorizationServer } from '../../oauth/describe-authorization-server.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsAdministrators, admitsAnybody } from '../middleware/admits.ts'
import { takesJson } from '../middleware/takes-json.ts'
import { body, json, problems } from '../schemas/answers.ts'

const Purpose = z.enum(['root', 'feed', 'audit'])
const Rotate = z.strictObject({ purpose: Purpose.optional() })
const Rotation = z
  .object({ purpose: Purpose, active: z.number().int(), retired: z.number().int(), next: z.number().int().optional() })
  .openapi('Rotation')
const Key = z.object({
  id: z.number().int(),
  purpose: Purpose,
  state: z.enum(['next', 'active', 'retired']),
  publicKey: z.string(),
  certifiedBy: z.number().int().nullable(),
  certificate: z.string().nullable(),
})
const Described = z
  .object({
    issuer: z.string(),
    name: z.string(),
    keys: z.array(Key),
    feed: z.string(),
    policyVersion: z.number().int(),
  })
  .openapi('Authority')
const WebKeys = z.array(
  z.object({ algorithm: z.string(), key_bytes: z.string(), key_id: z.number().int(), issuer: z.string() }),
)
const Server = z.looseObject({ issuer: z.string(), token_endpoint: z.string() }).openapi('AuthorizationServer')
/** A verifier that finds an unknown key id asks again, so nobody waits for this to end. */
const CACHED = { 'Cache-Control': 'public, max-age=60' }

/** Keys, and how the authority is found. */
export function addKeyRoutes(app: App, http: HttpParts): void {
  const { rules, url, name } = http
  const rotate = createRoute({
    method: 'post',
    path: '/v1/keys/rotate',
    operationId: 'rotateKey',
    summary: 'Lets the next key sign from now on. Tokens of the old one are good until they expire',
    security: [{ capability: [] }],
    middleware: [...admitsAdministrators(http, 'authority.keys', 'rotate'), ...takesJson()],
    request: body(Rotate),
    responses: { 200: json('The keys that changed', Rotation), ...problems(400, 401, 403, 413, 415, 422) },
  })
  app.openapi(rotate, async (c) => {
    const { purpose = 'root' } = c.req.valid('json')
    const { subject } = capability(c)
    const rotation = await http.store.transact((transaction) =>
      rotateKey(transaction, http.keyProvider, { purpose }, Math.floor(http.now()), subject),
    )
    return c.json(rotation, 200)
  })

  const describe = createRoute({
    method: 'get',
    path: '/.well-known/writ',
    operationId: 'describeAuthority',
    summary: 'The keys of the authority, each with the certificate of another one, and where its feed is',
    middleware: admitsAnybody(http),
    responses: { 200: json('The authority', Described), ...problems() },
  })
  app.openapi(describe, async (c) => {
    const { keys, version } = await rules.current()
    const described = { issuer: url, name, feed: `${url}/v1/revocations`, policyVersion: version }
    return c.json({ ...described, keys: [...describeKeys(keys)] }, 200, CACHED)
  })

  const webKeys = createRoute({
    method: 'get',
    path: '/.well-known/biscuit-web-keys',
    operationId: 'listWebKeys',
    summary: 'The root public keys, in the form that Biscuit proposes',
    middleware: admitsAnybody(http),
    responses: { 200: json('The keys', WebKeys), ...problems() },
  })
  app.openapi(webKeys, async (c) => {
    const { keys } = await rules.current()
    const list = keys.roots.map(({ id, publicKey }) => {
      const [algorithm = '', key_bytes = ''] = publicKey.split('/')
      return { algorithm, key_bytes, key_id: id, issuer: url }
    })
    return c.json(list, 200, CACHED)
  })

  const server = createRoute({
    method: 'get',
    path: '/.well-known/oauth-authorization-server',
    operationId: 'describeAuthorizationServer',
    summary: 'Metadata for OAuth clients (RFC 8414)',
    middleware: admitsAnybody(http),
    responses: { 200: json('The metadata', Server), ...problems() },
  })
  app.openapi(server, (c) => c.json({ ...describeAuthorizationServer(http) } as z.infer<typeof Server>, 200, CACHED))
}
