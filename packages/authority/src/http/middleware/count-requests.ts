import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { HttpEnv, HttpParts } from '../http-parts.ts'
import { callerAddress } from './caller-address.ts'

/** Limits the requests of an address, and counts and times all of them by the pattern of their route. */
export function countRequests({ limits, count, trustProxy }: HttpParts): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const start = performance.now()
    limits.takeAddress(callerAddress(c, trustProxy))
    await next()
    // The pattern, never the path: a caller could write as many of those as it likes.
    const route = matchedRoutes(c).at(-1)?.path ?? '*'
    const act = route === '*' ? 'unknown' : `${c.req.method === 'HEAD' ? 'GET' : c.req.method} ${route}`
    const { status } = c.res
    const decision = status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'allowed'
    count({ act, decision, code: c.get('code') ?? 'ok', durationMs: performance.now() - start })
  }
}
