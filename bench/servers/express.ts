import { createServer } from 'node:http'
import express, { type RequestHandler, type Response } from 'express'
import type { JWTPayload } from 'jose'
import { AUDIENCE, type Claims, ISSUER, isFor } from './claims.ts'
import { type Contender, INVOICE, listening, ROUTE } from './contender.ts'
import type { Credentials } from './credentials.ts'

type Params = Pick<Claims, 'tenantId' | 'invoiceId'>

function serve(...guards: readonly RequestHandler[]): Promise<string> {
  const app = express()
  app.get(ROUTE, ...guards, (_req, res) => void res.json(INVOICE))
  return listening(app.listen(0, '127.0.0.1'))
}

/** A guard that proves a JWT by jose, and then asks whether its claims permit the request. */
async function byJose(
  { EdDSA }: Credentials,
  permits: (claims: JWTPayload & Partial<Claims>, params: Params) => boolean | Promise<boolean>,
): Promise<string> {
  const { importJWK, jwtVerify } = await import('jose')
  const key = await importJWK(EdDSA.jwk)
  const check = { algorithms: ['EdDSA'], issuer: ISSUER, audience: AUDIENCE }
  return serve(async (req, res, next) => {
    const [scheme, credential] = req.headers.authorization?.split(' ') ?? []
    if (scheme !== 'Bearer' || credential === undefined) return void res.status(401).end()
    try {
      const { payload } = await jwtVerify<Claims>(credential, key, check)
      if (await permits(payload, req.params as Params)) next()
      else res.status(403).end()
    } catch {
      res.status(401).end()
    }
  })
}

export const contenders: Readonly<Record<string, Contender>> = {
  unguarded: () => serve(),

  async writ({ capability: { publicKey, anchor } }) {
    const { writ } = await import('@writ/express')
    const guard = writ({ keys: publicKey, anchor })
    return serve(guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] }))
  },

  jose: (credentials) => byJose(credentials, isFor),

  async 'jose + casbin'(credentials) {
    const { newEnforcer, newModelFromString, StringAdapter } = await import('casbin')
    const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL), new StringAdapter(CASBIN_POLICY))
    return byJose(
      credentials,
      (claims, params) => isFor(claims, params) && enforcer.enforce(claims.sub, params.tenantId, 'invoices', 'read'),
    )
  },

  async 'jose + cedar-wasm'(credentials) {
    const { default: cedar } = await import('@cedar-policy/cedar-wasm/nodejs')
    cedar.preparsePolicySet('bench', { staticPolicies: CEDAR_POLICY })
    return byJose(credentials, (claims, params) => {
      const answer = cedar.statefulIsAuthorized({
        principal: { type: 'User', id: claims.sub ?? '' },
        action: { type: 'Action', id: 'read' },
        resource: { type: 'Invoice', id: params.invoiceId },
        context: { tenant: params.tenantId },
        preparsedPolicySetId: 'bench',
        entities: [],
      })
      return isFor(claims, params) && answer.type === 'success' && answer.response.decision === 'allow'
    })
  },

  async 'express-oauth2-jwt-bearer'({ RS256 }) {
    const { auth } = await import('express-oauth2-jwt-bearer')
    const keys = createServer((_req, res) => res.end(JSON.stringify({ keys: [RS256.jwk] })))
    const jwksUri = await listening(keys.listen(0, '127.0.0.1'))
    return serve(auth({ issuer: ISSUER, jwksUri, audience: AUDIENCE }), (req, res, next) => {
      if (isFor(req.auth?.payload ?? {}, req.params)) next()
      else res.status(403).end()
    })
  },

  /** The middleware that biscuit-wasm itself has. */
  async 'biscuit-wasm'({ capability: { publicKey, anchor } }) {
    const { loadBiscuit, publicKeyOf } = await import('../support/biscuit.ts')
    const library = await loadBiscuit()
    const { authorizer, middleware } = library
    const protect = middleware({
      publicKey: publicKeyOf(library, publicKey),
      // Its own handler prints as well.
      onError: (_type: unknown, _error: unknown, _req: unknown, res: Response) => res.status(403).end(),
    } as never)
    const build = (req: { params: Params }) => authorizer`
      time(${Math.floor(Date.now() / 1000)});
      resource("invoices");
      operation("read");
      designation("anchor", ${anchor});
      designation("tenantId", ${req.params.tenantId});
      designation("invoiceId", ${req.params.invoiceId});
      allow if right($s, "invoices", "read");
    `
    return serve(protect(build as never))
  },
}

const CASBIN_MODEL = `
[request_definition]
r = sub, tenant, obj, act
[policy_definition]
p = sub, tenant, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.tenant == p.tenant && r.obj == p.obj && r.act == p.act
`

/** One policy that matches, and a few that do not. */
const SUBJECTS = ['bob', 'carol', 'dave', 'alice']
const CASBIN_POLICY = SUBJECTS.map((subject) => `p, ${subject}, acme, invoices, read`).join('\n')
const CEDAR_POLICY = SUBJECTS.map(
  (subject) => `permit(principal == User::"${subject}", action == Action::"read", resource is Invoice)
    when { context.tenant == "acme" };`,
).join('\n')
