import { serve } from '@hono/node-server'
import { capability, writ } from '@writ/hono'
import { describeResource } from '@writ/http'
import { Hono } from 'hono'
import type { AuthorityParts } from '../../../src/authority-parts.ts'
import { describeAuthorizationServer } from '../../../src/oauth/describe-authorization-server.ts'
import { exchangeToken } from '../../../src/oauth/exchange-token.ts'
import { OAuthError } from '../../../src/oauth/oauth-error.ts'

/** A server on a free port. */
export interface TestServer {
  readonly url: string
  stop(): void
}

/** Serves an app that learns its own URL. */
function listen(build: (url: string) => Hono): Promise<TestServer> {
  let app = new Hono()
  return new Promise((resolve) => {
    const server = serve({ fetch: (request) => app.fetch(request), port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      const url = `http://127.0.0.1:${port}`
      app = build(url)
      resolve({ url, stop: () => void server.close() })
    })
  })
}

/** The OAuth routes of an authority. */
export function serveOAuth(parts: AuthorityParts): Promise<TestServer> {
  return listen((url) => {
    const app = new Hono()
    app.get('/.well-known/oauth-authorization-server', (context) =>
      context.json(describeAuthorizationServer({ ...parts, url })),
    )
    app.post('/oauth/token', async (context) => {
      try {
        const answer = await exchangeToken(parts, new URLSearchParams(await context.req.text()))
        return context.json(answer, 200, { 'Cache-Control': 'no-store' })
      } catch (error) {
        if (error instanceof OAuthError) return context.json(error.body, error.status, error.headers)
        throw error
      }
    })
    return app
  })
}

/** A guarded service that says where capabilities for it are to be had. */
export function serveBilling(authority: string, publicKey: string): Promise<TestServer> {
  return listen((url) => {
    const described = describeResource({
      resource: url,
      authorizationServers: [authority],
      scopes: ['invoices:read'],
    })
    const guard = writ({ keys: publicKey, anchor: 'service:billing', resourceMetadata: described.url })
    const app = new Hono()
    app.get(described.path, guard.public(), (context) => context.json(described.document))
    app.get(
      '/:tenantId/invoices',
      guard({ resource: 'invoices', operation: 'read', designate: ['tenantId'] }),
      (context) => context.json({ subject: capability(context).subject }),
    )
    return app
  })
}
