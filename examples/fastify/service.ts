import { writ } from '@writ/fastify'
import fastify from 'fastify'

const { WRIT_PUBLIC_KEY, PORT = '3000' } = process.env

const app = fastify()
// Does not start with a route that declares nothing.
await app.register(writ, { keys: WRIT_PUBLIC_KEY, anchor: 'service:billing' })

app.get('/healthz', { config: { capability: 'public' } }, async () => ({ status: 'ok' }))

// The tenant of the URL must be the one that the token names.
const capability = { resource: 'invoices', designate: ['tenantId'] }
app.get<{ Params: { tenantId: string } }>('/:tenantId/invoices', { config: { capability } }, async (request) => ({
  tenant: request.params.tenantId,
  readBy: request.capability.subject,
}))

await app.listen({ port: Number(PORT) })
console.log(`http://localhost:${PORT}`)
