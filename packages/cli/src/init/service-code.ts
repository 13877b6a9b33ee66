/** The frameworks for which `writ init` prints a service. */
export const FRAMEWORKS = ['express', 'fastify', 'hono'] as const

/** One of them. */
export type Framework = (typeof FRAMEWORKS)[number]

/** What to install beside `@writ/core`. */
export const PACKAGES: Readonly<Record<Framework, string>> = {
  express: '@writ/express express',
  fastify: '@writ/fastify fastify',
  hono: '@writ/hono hono @hono/node-server',
}

const CODE: Readonly<Record<Framework, string>> = {
  express: `import { assertGuarded, capability, writ } from '@writ/express'
import express from 'express'

const app = express()
const guard = writ({ keys: process.env.WRIT_PUBLIC_KEY, anchor: 'NAME' })
app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (req, res) => {
  res.json({ readBy: capability(req).subject })
})
assertGuarded(app)
app.listen(3000)`,
  fastify: `import { writ } from '@writ/fastify'
import fastify from 'fastify'

const app = fastify()
await app.register(writ, { keys: process.env.WRIT_PUBLIC_KEY, anchor: 'NAME' })
const capability = { resource: 'invoices', designate: ['tenantId'] }
app.get('/:tenantId/invoices', { config: { capability } }, async (request) => ({
  readBy: request.capability.subject,
}))
await app.listen({ port: 3000 })`,
  hono: `import { serve } from '@hono/node-server'
import { assertGuarded, capability, writ } from '@writ/hono'
import { Hono } from 'hono'

const guard = writ({ keys: process.env.WRIT_PUBLIC_KEY, anchor: 'NAME' })
const app = new Hono()
app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (c) =>
  c.json({ readBy: capability(c).subject }),
)
assertGuarded(app)
serve({ fetch: app.fetch, port: 3000 })`,
}

/** A guarded service to paste into a file. The name was checked: it stands in the code as it is. */
export function serviceCode(framework: Framework, service: string): string {
  return CODE[framework].replace('NAME', service)
}
