import { Hono } from 'hono'
import { cache } from 'hono/cache'
import { upgradeWebSocket } from 'hono/cloudflare-workers'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { capability, writ } from '../../src/index.ts'

interface Env {
  Bindings: { WRIT_PUBLIC_KEY: string }
}

let asked = 0
const guard = writ<Env>((c) => {
  asked += 1
  return { keys: c.env.WRIT_PUBLIC_KEY, anchor: 'service:gateway' }
})

/** Its token travels where a cache does not look. */
const byHeader = writ<Env>((c) => ({
  keys: c.env.WRIT_PUBLIC_KEY,
  anchor: null,
  tokenFrom: { header: 'x-capability' },
}))
const files = byHeader({ resource: 'files', designate: ['tenantId'] })

const byCookie = writ<Env>((c) => ({
  keys: c.env.WRIT_PUBLIC_KEY,
  anchor: null,
  tokenFrom: { cookie: '__Host-writ', allowedOrigins: ['https://app.example'] },
}))
const ownFiles = byCookie({ resource: 'files', operation: 'read', designate: ['tenantId'] })
let runs = 0

const app: Hono<Env> = new Hono<Env>()
  .use(cors())
  .get('/healthz', guard.public(), (c) => c.json({ asked }))
  .get('/:tenantId/invoices/:invoiceId', guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] }), (c) =>
    c.json({ id: c.req.param('invoiceId'), readBy: capability(c).subject }),
  )
  .post('/invoices', guard({ resource: 'invoices', designate: { tenantId: { body: 'tenantId' } } }), async (c) =>
    c.json(await c.req.json()),
  )
  .get('/runs', guard.public(), (c) => c.json({ runs }))
  .get(
    '/cached/:tenantId',
    cache({ cacheName: 'files', cacheControl: 'max-age=60', wait: true, onCacheNotAvailable: false }),
    etag(),
    files,
    (c) => {
      runs += 1
      return c.json({ runs })
    },
  )
  .get(
    '/socket/:tenantId',
    files,
    upgradeWebSocket((c) => {
      runs += 1
      return { onMessage: (event, socket) => socket.send(`${c.req.param('tenantId')}: ${event.data}`) }
    }),
  )
  .post('/cookie/:tenantId', ownFiles, (c) => c.json({ readBy: capability(c).subject }))
  .get(
    '/cookie/:tenantId',
    ownFiles,
    upgradeWebSocket(() => ({ onMessage: (_event, socket) => socket.send('hello') })),
  )

export default app
