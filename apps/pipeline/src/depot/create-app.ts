import type { Keys, RevocationCheck } from '@writ/core/verify'
import { assertGuarded, capability, writ } from '@writ/hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Log, logDecisions } from 'service-kit'

export interface CreateAppOptions {
  readonly keys: Keys
  /** Default: nothing is revoked. */
  readonly revocation?: RevocationCheck
  /** From their names to their values. Default: there are none. */
  readonly secrets?: ReadonlyMap<string, string>
  /** Called with one entry per decision. Default: nothing is logged. */
  readonly log?: Log
}

/** The name that a capability must be anchored to. */
const ANCHOR = 'service:depot'

const MAX_BYTES = 1024 * 1024

/** Artifacts, packages and secrets of pipelines. Which one a job may touch is what the authority has named, nobody else. */
export function createApp({ keys, revocation, secrets = new Map(), log = () => {} }: CreateAppOptions): Hono {
  const guard = writ({
    keys,
    revocation,
    anchor: ANCHOR,
    designatedBy: 'authority',
    onDecision: logDecisions('depot', log),
  })
  const artifact = guard.with({ resource: 'artifacts', designate: ['artifact'] })
  const artifacts = new Map<string, string>()
  const packages = new Map<string, { readonly content: string; readonly publishedBy: string }>()

  const app = new Hono()
    .use(bodyLimit({ maxSize: MAX_BYTES }))
    .get('/healthz', guard.public(), (c) => c.json({ status: 'ok' }))
    .put('/artifacts/:artifact', artifact({ operation: 'write' }), async (c) => {
      artifacts.set(c.req.param('artifact'), await c.req.text())
      return c.json({}, 201)
    })
    .get('/artifacts/:artifact', artifact({ operation: 'read' }), (c) => {
      const content = artifacts.get(c.req.param('artifact'))
      return content === undefined ? c.json({}, 404) : c.text(content)
    })
    .put(
      '/packages/:package',
      guard({ resource: 'packages', operation: 'publish', designate: ['package'] }),
      async (c) => {
        const published = { content: await c.req.text(), publishedBy: capability(c).subject }
        packages.set(c.req.param('package'), published)
        return c.json({ publishedBy: published.publishedBy }, 201)
      },
    )
    .get('/packages/:package', guard.public(), (c) => {
      const found = packages.get(c.req.param('package'))
      return found === undefined ? c.json({}, 404) : c.json(found)
    })
    .get('/secrets/:secret', guard({ resource: 'secrets', operation: 'read', designate: ['secret'] }), (c) => {
      const secret = secrets.get(c.req.param('secret'))
      return secret === undefined ? c.json({}, 404) : c.text(secret, 200, { 'Cache-Control': 'no-store' })
    })
  assertGuarded(app)
  return app
}
