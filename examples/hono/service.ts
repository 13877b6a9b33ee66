import { serve } from '@hono/node-server'
import { assertGuarded, capability, writ } from '@writ/hono'
import { Hono } from 'hono'

const { WRIT_PUBLIC_KEY, PORT = '3000' } = process.env

const guard = writ({ keys: WRIT_PUBLIC_KEY, anchor: 'service:billing' })
const app = new Hono()

app.get('/healthz', guard.public(), (c) => c.json({ status: 'ok' }))

// The tenant of the URL must be the one that the token names.
const invoices = guard({ resource: 'invoices', designate: ['tenantId'] })
app.get('/:tenantId/invoices', invoices, (c) =>
  c.json({ tenant: c.req.param('tenantId'), readBy: capability(c).subject }),
)

// Does not start with a route that nothing guards.
assertGuarded(app)
serve({ fetch: app.fetch, port: Number(PORT) }, () => console.log(`http://localhost:${PORT}`))
