import { type RequestView, requestQuery } from '@writ/http'
import type { Context } from 'hono'

/**
 * The request as the guard sees it. The params are read now, because `c.req.param()` returns those of the running
 * handler.
 */
export function viewOf(c: Context): RequestView {
  const { pathname, search } = new URL(c.req.url)
  const params: Record<string, string | undefined> = Object.assign(Object.create(null), c.req.param())
  // No values if the path does not decode: Hono would keep them undecoded, so that two paths might name one object.
  if (!decodes(`${pathname}/${c.req.path}`)) for (const name of Object.keys(params)) params[name] = undefined
  return {
    method: c.req.method,
    path: pathname,
    params,
    query: requestQuery(search),
    // `Headers` joins the values of a repeated header by commas. No token and no scheme contains a comma.
    header: (name) => [c.req.raw.headers.get(name)].filter((value) => value !== null),
    get body() {
      return jsonOf(c)
    },
    // Only the adapters of Hono know it: a designate function can call `getConnInfo(c)`.
    ip: undefined,
    source: c,
  }
}

/**
 * Returns the context, unless middleware has changed the method by which Hono has chosen the route: then a guard would
 * decide about another method than that of the handler.
 *
 * @throws `Error` naming the route.
 */
export function routed<C extends Context>(c: C): C {
  // A request matches routes of its own method, and routes of any method.
  const route = c.req.matchedRoutes.find(({ method }) => method !== 'ALL')
  if (route === undefined || route.method === c.req.method || `${route.method} ${c.req.method}` === 'GET HEAD') return c
  throw new Error(`${route.method} ${route.path}: middleware has changed the method of the request before a guard`)
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/**
 * The body if its type says JSON, since a form might be read in two ways. `null` if it is no JSON: the caller is to blame.
 * Hono keeps the text, so handlers can parse it again.
 */
async function jsonOf(c: Context): Promise<unknown> {
  const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')
  return isJson ? c.req.json().catch(() => null) : undefined
}
