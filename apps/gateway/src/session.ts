import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import { Problem } from 'service-kit'
import type { Env } from './bindings.ts'

/** Who has signed in. */
export interface Session {
  readonly tenantId: string
  readonly userId: string
}

/** What the handlers of a signed-in user find in their context. */
export interface SessionEnv extends Env {
  Variables: { session: Session }
}

/** Unix seconds. */
export type Clock = () => number

export const COOKIE = 'session'
const SESSION_SECONDS = 3600
const ATTRIBUTES = { path: '/', httpOnly: true, sameSite: 'Strict' } as const

/** The session in a cookie that only the gateway can sign; nothing is kept here. */
export async function startSession(c: Context<Env>, { tenantId, userId }: Session, now: Clock): Promise<void> {
  const value = JSON.stringify({ tenantId, userId, expiresAt: now() + SESSION_SECONDS })
  await setSignedCookie(c, COOKIE, value, c.env.SESSION_SECRET, { ...attributesFor(c), maxAge: SESSION_SECONDS })
}

export function endSession(c: Context<Env>): void {
  deleteCookie(c, COOKIE, attributesFor(c))
}

/** Middleware for the routes of users: 401 without a cookie of this gateway that is still good. */
export function signedIn(now: Clock): MiddlewareHandler<SessionEnv> {
  return async (c, next) => {
    const value = await getSignedCookie(c, c.env.SESSION_SECRET, COOKIE)
    const session: (Session & { expiresAt: number }) | undefined = value ? JSON.parse(value) : undefined
    // A browser drops the cookie when it ends, but a copy can still be sent.
    if (!session || !(session.expiresAt > now())) {
      c.header('WWW-Authenticate', `Cookie realm="gateway", cookie-name="${COOKIE}"`)
      throw new Problem(401, 'sign in first')
    }
    c.set('session', session)
    await next()
  }
}

/** `Secure` wherever there is TLS; a browser would drop such a cookie on plain http. */
function attributesFor(c: Context) {
  return { ...ATTRIBUTES, secure: new URL(c.req.url).protocol === 'https:' }
}
