import type { MiddlewareHandler } from 'hono'
import { Problem } from 'service-kit'

/**
 * Middleware for routes that a cookie opens: a request that changes something must prove that it comes from a page of the
 * gateway's own origin. Not `hono/csrf`, which checks forms only and leaves JSON to the browser's preflight: one loose
 * CORS header would open it.
 */
export const sameOrigin: MiddlewareHandler = async (c, next) => {
  if (!isSafe(c.req.method) && !isOwn(c.req.url, c.req.header('sec-fetch-site'), c.req.header('origin'))) {
    throw new Problem(403, 'changes are for pages of this origin')
  }
  await next()
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/**
 * Browsers send the first with every request to https and loopback addresses. Pages can forge neither. Without both:
 * refused.
 */
function isOwn(url: string, site: string | undefined, origin: string | undefined): boolean {
  return site === undefined ? origin === new URL(url).origin : site === 'same-origin'
}
