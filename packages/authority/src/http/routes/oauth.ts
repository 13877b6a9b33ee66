import { exchangeToken } from '../../oauth/exchange-token.ts'
import { OAuthError } from '../../oauth/oauth-error.ts'
import type { App, HttpParts } from '../http-parts.ts'
import { admitsStrangers } from '../middleware/admits.ts'
import { assertMediaType, limitBody, MAX_BODY } from '../middleware/takes-json.ts'
import { PRIVATE } from '../schemas/answers.ts'

/** Token exchange (RFC 8693). Its answers and errors are those of OAuth. */
export function addOAuthRoutes(app: App, http: HttpParts): void {
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/oauth/token',
    operationId: 'exchangeToken',
    summary: 'Exchanges a token of an issuer that the policy names, or an identity, for a capability (RFC 8693)',
    request: {
      body: { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } },
    },
    responses: {
      200: {
        description: 'The capability as an access token',
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      400: {
        description: 'An error of OAuth (RFC 6749)',
        content: { 'application/json': { schema: { type: 'object' } } },
      },
    },
  })
  app.post('/oauth/token', ...admitsStrangers(http), limitBody(MAX_BODY), async (c) => {
    assertMediaType(c, 'application/x-www-form-urlencoded')
    try {
      const answer = await exchangeToken(http, new URLSearchParams(await c.req.text()))
      return c.json(answer, 200, PRIVATE)
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      c.set('code', error.code)
      return c.json(error.body, error.status, error.headers)
    }
  })
}
