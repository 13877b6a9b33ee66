import { type RequestQuery, type RequestView, requestQuery } from '@writ/http'
import type { Context } from 'hono'

/**
 * The request as the guard sees it. The URL and the params are read now, because `c.req.param()` returns those of the running
 * handler.
 */
export function viewOf(c: Context): RequestView {
  return new ContextView(c)
}

/** A class, because an object with functions of its own takes several times as long to make. */
class ContextView implements RequestView {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string | undefined>>
  /** Only the adapters of Hono know it: a designate function can call `getConnInfo(c)`. */
  readonly ip = undefined
  readonly source: Context
  /** `Headers` joins the values of a repeated header by commas. No token and no scheme contains a comma. */
  readonly header = (name: string): readonly string[] => {
    const value = this.source.req.raw.headers.get(name)
    return value === null ? [] : [value]
  }
  readonly #search: string
  #query: RequestQuery | undefined

  constructor(c: Context) {
    const { path, search } = partsOf(c.req.url)
    this.method = c.req.method
    this.path = path
    this.params = paramsOf(c, path)
    this.source = c
    this.#search = search
  }

  get query(): RequestQuery {
    this.#query ??= requestQuery(this.#search)
    return this.#query
  }

  get body(): unknown {
    return jsonOf(this.source)
  }
}

/** A URL that `URL` would read as it stands, and that has no query. Most have this form, and `URL` is slow. */
const PLAIN_URL = /^https?:\/\/[\w.:-]+(\/[\w\-~!$&*+,;=:@/]*)$/

function partsOf(url: string): { readonly path: string; readonly search: string } {
  const plain = PLAIN_URL.exec(url)?.[1]
  if (plain !== undefined) return { path: plain, search: '' }
  const { pathname, search } = new URL(url)
  return { path: pathname, search }
}

function paramsOf(c: Context, path: string): Record<string, string | undefined> {
  const params: Record<string, string | undefined> = Object.assign(Object.create(null), c.req.param())
  // No values if the path does not decode: Hono would keep them undecoded, so that two paths might name one object.
  if (!decodes(path) || !decodes(c.req.path)) for (const name of Object.keys(params)) params[name] = undefined
  return params
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
  if (!text.includes('%')) return true
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
