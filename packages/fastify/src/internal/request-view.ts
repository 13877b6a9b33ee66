import { nodeRequestView, type RequestView } from '@writ/http'
import type { FastifyRequest } from 'fastify'

/** What a handler reads of a request, as texts: what was routed and parsed, and what schemas and hooks have made of it since. */
export interface Shown {
  readonly method: string
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  readonly query: [name: string, value: string][]
  /** A copy: a body may be changed in place. */
  readonly body: unknown
}

/** What a handler would read now. */
export function shownBy({ method, url, params, query, body }: FastifyRequest, withBody: boolean): Shown {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value as unknown].flat().map((one): [string, string] => [name, textOf(one)]),
  )
  return { method, url, params: paramsOf(params), query: pairs, body: withBody ? copyOf(body) : undefined }
}

/** What the guard sees of a request; `body` is called when somebody asks for it. */
export function viewOf(request: FastifyRequest, shown: Shown, body: () => unknown): RequestView {
  const { method, url, params, query } = shown
  const [path = ''] = url.split('?', 1)
  const { raw, ip } = request
  return nodeRequestView(
    {
      method,
      // As Fastify has parsed it, since that is what the handler reads: the parser may be the app's own, and a semicolon begin the query.
      url: query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`,
      params,
      raw,
      ip,
      get body() {
        return body()
      },
    },
    // Views of one request share the proof of its token, and however many there are, the handler runs once.
    request,
    request,
  )
}

/** What each of the params reads as: strings from the path, or what a schema has made of them since. */
function paramsOf(params: unknown): Readonly<Record<string, string>> {
  const given = Object.entries(params ?? {}).filter(([, value]) => value !== undefined)
  return Object.assign(Object.create(null), Object.fromEntries(given.map(([name, value]) => [name, String(value)])))
}

/** An object, which a parser of the app's own may make, has no one spelling: it names nothing. */
function textOf(value: unknown): string {
  return typeof value === 'object' || value === undefined ? '' : String(value)
}

/** What cannot be copied is like nothing else, not even itself. */
function copyOf(body: unknown): unknown {
  try {
    return structuredClone(body)
  } catch {
    return Symbol('not copied')
  }
}
