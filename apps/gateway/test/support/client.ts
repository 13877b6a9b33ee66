import { generateSignedCookie } from 'hono/cookie'
import { type Answer, type Call, send } from 'service-kit/testing'
import { COOKIE } from '../../src/session.ts'

/** Sends what a page of the gateway's own origin would send. */
export function call(url: string, method: string, path: string, options: Call = {}): Promise<Answer> {
  return send(url, method, path, { ...options, headers: { 'sec-fetch-site': 'same-origin', ...options.headers } })
}

/** The `Cookie` header of somebody who has signed in. */
export async function signIn(url: string, tenantId: string, userId: string): Promise<{ cookie: string }> {
  const { headers } = await call(url, 'POST', '/session', { body: { tenantId, userId } })
  return { cookie: headers.get('set-cookie')?.split(';')[0] ?? '' }
}

/** A session cookie that this secret signs. */
export async function forgeCookie(session: object, secret: string): Promise<string> {
  const cookie = await generateSignedCookie(COOKIE, JSON.stringify(session), secret)
  return cookie.split(';')[0] ?? ''
}

/** The whole of a problem answer, as far as callers see it. */
export function problem(status: number, title: string, detail: string) {
  return { status, body: { type: 'about:blank', title, status, detail } }
}
