import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { capability, writ } from '../../src/index.ts'

interface Env {
  Bindings: { WRIT_PUBLIC_KEY: string }
}

let asked = 0
const guard = writ<Env>((c) => {
  asked += 1
  return { keys: c.env.WRIT_PUBLIC_KEY, anchor: 'service:gateway' }
})

const app: Hono<Env> = new Hono<Env>()
  .use(cors())
  .get('/healthz', guard.public(), (c) => c.json({ asked }))
  .get('/:tenantId/invoices/:invoiceId', guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] }), (c) =>
    c.json({ id: c.req.param('invoiceId'), readBy: capability(c).subject }),
  )
  .post('/invoices', guard({ resource: 'invoices', designate: { tenantId: { body: 'tenantId' } } }), async (c) =>
    c.json(await c.req.json()),
  )

export default app
