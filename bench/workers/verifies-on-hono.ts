import { capability, writ } from '@writ/hono'
import { Hono } from 'hono'

interface Env {
  Bindings: { WRIT_PUBLIC_KEY: string }
}

const guard = writ<Env>((c) => ({ keys: c.env.WRIT_PUBLIC_KEY, anchor: 'service:billing' }))

export default new Hono<Env>().get(
  '/:tenantId/invoices',
  guard({ resource: 'invoices', designate: ['tenantId'] }),
  (c) => c.json({ readBy: capability(c).subject }),
)
