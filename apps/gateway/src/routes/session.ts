import type { HonoGuard } from '@writ/hono'
import type { Hono } from 'hono'
import { body, isSegment, parseBody } from 'service-kit'
import { check, maxLength, pipe, string } from 'valibot'
import type { Env } from '../bindings.ts'
import { jsonBody, smallBody } from '../json-body.ts'
import { sameOrigin } from '../same-origin.ts'
import { type Clock, endSession, startSession } from '../session.ts'

/** Two names of this length fit in a cookie, even if every character is encoded. */
const LONGEST_NAME = 100
const WHAT = `must be a text of 1 to ${LONGEST_NAME} characters that can stand in a path`
/** What could not stand in the URL of a call later is refused now. */
const NAME = pipe(string(WHAT), maxLength(LONGEST_NAME, WHAT), check(isSegment, WHAT))
/** Any two names: there is no list of tenants. */
const SESSION = body({ tenantId: NAME, userId: NAME })

/** Signing in and out. A stand-in: it believes any name, where a real gateway would send users to an identity provider. */
export function sessionRoutes(app: Hono<Env>, guard: HonoGuard<Env>, now: Clock): void {
  app.use('/session', sameOrigin)

  app.post('/session', guard.public(), smallBody, async (c) => {
    await startSession(c, parseBody(SESSION, await jsonBody(c)), now)
    return c.body(null, 204)
  })

  app.delete('/session', guard.public(), (c) => {
    endSession(c)
    return c.body(null, 204)
  })
}
