import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { AUDIENCE, type Claims, ISSUER, isFor } from './claims.ts'
import { type Contender, INVOICE, listening, ROUTE } from './contender.ts'

function serve(...guards: readonly MiddlewareHandler[]): Promise<string> {
  const app = new Hono()
  for (const guard of guards) app.use(ROUTE, guard)
  app.get(ROUTE, (c) => c.json(INVOICE))
  return listening(createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1') as Server)
}

export const contenders: Readonly<Record<string, Contender>> = {
  unguarded: () => serve(),

  async writ({ capability: { publicKey, anchor } }) {
    const { writ } = await import('@writ/hono')
    const guard = writ({ keys: publicKey, anchor })
    return serve(guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] }))
  },

  async 'hono/jwk'({ EdDSA: { jwk } }) {
    const { jwk: byJwk } = await import('hono/jwk')
    return serve(
      byJwk({ keys: [jwk], alg: ['EdDSA'], verification: { iss: ISSUER, aud: AUDIENCE } }),
      async (c, next) => {
        const claims: Partial<Claims> = c.get('jwtPayload')
        return isFor(claims, c.req.param()) ? next() : c.body(null, 403)
      },
    )
  },
}
