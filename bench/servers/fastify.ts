import { createPublicKey } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { AUDIENCE, type Claims, ISSUER, isFor } from './claims.ts'
import { type Contender, INVOICE, ROUTE } from './contender.ts'
import type { Credentials } from './credentials.ts'

function listening(app: FastifyInstance): Promise<string> {
  return app.listen({ port: 0, host: '127.0.0.1' })
}

async function byPlugin({ EdDSA }: Credentials, cache: boolean): Promise<string> {
  const { default: jwtPlugin } = await import('@fastify/jwt')
  const key = createPublicKey({ key: EdDSA.jwk as never, format: 'jwk' }).export({ format: 'pem', type: 'spki' })
  const app = fastify()
  await app.register(jwtPlugin, {
    secret: { public: key },
    verify: { algorithms: ['EdDSA'], allowedIss: ISSUER, allowedAud: AUDIENCE, cache },
  } as never)
  app.addHook('onRequest', async (request, reply) => {
    try {
      const claims = await request.jwtVerify<Claims>()
      if (isFor(claims, request.params as Partial<Claims>)) return
    } catch {
      return reply.code(401).send()
    }
    return reply.code(403).send()
  })
  app.get(ROUTE, async () => INVOICE)
  return listening(app)
}

export const contenders: Readonly<Record<string, Contender>> = {
  async unguarded() {
    const app = fastify()
    app.get(ROUTE, async () => INVOICE)
    return listening(app)
  },

  async writ({ capability: { publicKey, anchor } }) {
    const { writ } = await import('@writ/fastify')
    const app = fastify()
    await app.register(writ, { keys: publicKey, anchor })
    const config = { capability: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } }
    app.get(ROUTE, { config }, async () => INVOICE)
    return listening(app)
  },

  '@fastify/jwt': (credentials) => byPlugin(credentials, false),
  '@fastify/jwt, with its cache': (credentials) => byPlugin(credentials, true),
}
