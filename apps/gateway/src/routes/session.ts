import type { HonoGuard } from '@writ/hono'
import type { Hono } from 'hono'
import { Problem, parseFields, path } from 'service-kit'
import type { Env } from '../bindings.ts'
import { jsonBody, smallBody } from '../json-body.ts'
import { sameOrigin } from '../same-origin.ts'
import { type Clock, endSession, type Session, startSession } from '../session.ts'

/** Two names of this length fit in a cookie, even if every character is encoded. */
const LONGEST_NAME = 100

/** Signing in and out. A stand-in: it believes any name, where a real gateway would send users to an identity provider. */
export function sessionRoutes(app: Hono<Env>, guard: HonoGuard<Env>, now: Clock): void {
  app.use('/session', sameOrigin)

  app.post('/session', guard.public(), smallBody, async (c) => {
    await startSession(c, parseSession(await jsonBody(c)), now)
    return c.body(null, 204)
  })

  app.delete('/session', guard.public(), (c) => {
    endSession(c)
    return c.body(null, 204)
  })
}

/**
 * Reads `{ "tenantId": "...", "userId": "..." }`: any two names, since there is no list of tenants. Throws a 400
 * `Problem`.
 */
function parseSession(body: unknown): Session {
  const { tenantId, userId } = parseFields(body, ['tenantId', 'userId'])
  return { tenantId: parseName('tenantId', tenantId), userId: parseName('userId', userId) }
}

function parseName(field: string, value: unknown): string {
  if (typeof value !== 'string' || value.length > LONGEST_NAME) {
    throw new Problem(400, `${field} must be a text of 1 to ${LONGEST_NAME} characters`)
  }
  // What could not stand in the URL of a call later is refused now.
  path`/${value}`
  return value
}
