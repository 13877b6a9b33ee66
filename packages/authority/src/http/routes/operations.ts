import type { App, HttpParts } from '../http-parts.ts'
import { admitsAnybody } from '../middleware/admits.ts'

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Writ authority',
    version: '1',
    description: 'Mints identities and capabilities by a policy, revokes them, and records what it did.',
  },
}

/** What operators and their tools ask for. */
export function addOperationRoutes(app: App, http: HttpParts): void {
  const { store, rules, metrics, url } = http
  const anybody = admitsAnybody(http)
  app.openAPIRegistry.registerComponent('securitySchemes', 'identity', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'capability', { type: 'http', scheme: 'bearer' })

  app.get('/openapi.json', anybody, (c) => c.json(app.getOpenAPI31Document({ ...DOCUMENT, servers: [{ url }] })))
  app.get('/healthz', anybody, (c) => c.json({ status: 'ok' }))
  app.get('/readyz', anybody, async (c) => {
    await store.read((query) => query.selectFrom('head').select('audit_sequence').executeTakeFirstOrThrow())
    const { version } = await rules.current()
    return c.json({ status: 'ok', policyVersion: version })
  })
  app.get('/metrics', anybody, async (c) => c.text(await metrics.print(), 200, { 'Content-Type': metrics.contentType }))
}
