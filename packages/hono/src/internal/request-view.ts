import { type RequestView, requestQuery } from '@writ/http'
import type { Context } from 'hono'

/** What the guard sees of a request; params are taken when it starts, since they are those of the handler that is running. */
export function viewOf(c: Context): RequestView {
  const { pathname, search } = new URL(c.req.url)
  return {
    method: c.req.method,
    path: pathname,
    // None at all if the path does not decode: Hono keeps what is wrong with it, so that two might name one object.
    params: Object.assign(Object.create(null), decodes(`${pathname}/${c.req.path}`) ? c.req.param() : undefined),
    query: requestQuery(search),
    // A `Headers` has the values of a repeated header as one, joined by commas; no token and no scheme contains any.
    header: (name) => [c.req.raw.headers.get(name)].filter((value) => value !== null),
    get body() {
      return jsonOf(c)
    },
    // Hono leaves it to its adapters: `getConnInfo(c)`, in a function.
    ip: undefined,
    source: c,
  }
}

/**
 * The context, unless middleware has changed the method by which Hono has chosen the route: a guard would decide about another one than
 * that of the handler. Errors: `Error` naming the route.
 */
export function routed<C extends Context>(c: C): C {
  // Only routes of its own method match a request, and those of any.
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

/** Hono keeps the text, so that handlers can parse it again. Only what says that it is JSON: a form might be read both ways. */
async function jsonOf(c: Context): Promise<unknown> {
  const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')
  return isJson ? c.req.json().catch(() => undefined) : undefined
}
