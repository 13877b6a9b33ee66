import { assertGuarded, capability, writ } from '@writ/express'
import express from 'express'

const { WRIT_PUBLIC_KEY, PORT = '3000' } = process.env

const guard = writ({ keys: WRIT_PUBLIC_KEY, anchor: 'service:billing' })
const app = express()

app.get('/healthz', guard.public(), (_req, res) => {
  res.json({ status: 'ok' })
})

// The tenant of the URL must be the one that the token names.
const invoices = guard({ resource: 'invoices', designate: ['tenantId'] })
app.get('/:tenantId/invoices', invoices, (req, res) => {
  res.json({ tenant: req.params.tenantId, readBy: capability(req).subject })
})

// Does not start with a route that nothing guards.
assertGuarded(app)
app.listen(Number(PORT), () => console.log(`http://localhost:${PORT}`))
