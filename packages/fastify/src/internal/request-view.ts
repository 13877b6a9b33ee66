import { nodeRequestView, parsedPairs, type RequestView } from '@writ/http'
import type { FastifyRequest } from 'fastify'

/** What a handler reads of a request, as texts, after the changes that schemas and hooks have made so far. */
export interface Shown {
  readonly method: string
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  readonly query: [name: string, value: string][]
  /** A copy, because a body may be changed in place. */
  readonly body: unknown
}

/** What a handler would read now. */
export function shownBy({ method, url, params, query, body }: FastifyRequest, withBody: boolean): Shown {
  return { method, url, params: paramsOf(params), query: parsedPairs(query), body: withBody ? copyOf(body) : undefined }
}

/** The request as the guard sees it. `body` is called when the body is first read. */
export function viewOf(request: FastifyRequest, shown: Shown, body: () => unknown): RequestView {
  const { method, url, params, query } = shown
  const [path = ''] = url.split('?', 1)
  const { raw, ip } = request
  return nodeRequestView(
    {
      method,
      // The query as Fastify has parsed it, since the handler reads that: an app may have its own parser, or begin it by
      // a semicolon.
      url: query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`,
      params,
      raw,
      // Hooks may have replaced those of Node.
      get headers() {
        return request.headers
      },
      ip,
      get body() {
        return body()
      },
    },
    // Views of one request share the proof of its token, and are one run of its handler.
    request,
    request,
  )
}

/**
 * The view for a hook of the app. Its body is what has been parsed so far. To read that of `viewOf` is to wait for the
 * parser, which only a designation may cause: a hook also sees requests that are refused before their body is parsed.
 */
export function viewForHooks(view: RequestView, request: FastifyRequest): RequestView {
  const body = { enumerable: true, get: () => request.body }
  return Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(view), body }) as RequestView
}

/** The text of each param, from the path or after coercion by a schema. */
function paramsOf(params: unknown): Readonly<Record<string, string>> {
  const given = Object.entries(params ?? {}).filter(([, value]) => value !== undefined)
  return Object.assign(Object.create(null), Object.fromEntries(given.map(([name, value]) => [name, String(value)])))
}

/** Returns a copy, or a new symbol for a body that cannot be copied: it equals nothing, so the guard decides again. */
function copyOf(body: unknown): unknown {
  try {
    return structuredClone(body)
  } catch {
    return Symbol('not copied')
  }
}
