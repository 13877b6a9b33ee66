import { requestQuery } from './request-query.ts'
import type { RequestQuery, RequestView } from './request-view.ts'

/** What requests of frameworks on Node have in common: those of Express are Node's own, those of Fastify hold it as `raw`. */
export interface NodeRequest {
  readonly method: string
  readonly url: string
  /** The URL as it was sent, where routing changes `url`. */
  readonly originalUrl?: string
  readonly params?: unknown
  readonly body?: unknown
  readonly ip?: string | undefined
  readonly raw?: { readonly rawHeaders: readonly string[] }
  readonly rawHeaders?: readonly string[]
}

/**
 * What a guard sees of a request of a framework on Node; taken when the guard starts, since routing changes the request later.
 * For adapters.
 *
 * @param source - See {@link RequestView.source}.
 * @param run - See {@link RequestView.run}.
 *
 * @example
 * ```ts
 * import { nodeRequestView } from '@writ/http'
 *
 * const view = nodeRequestView({ method: 'GET', url: '/acme?page=2', params: { tenantId: 'acme' }, rawHeaders: ['X-Id', '7'] })
 * console.log(view.path, view.params['tenantId'], view.query.get('page'), view.header('x-id')) // /acme acme 2 [ '7' ]
 * ```
 */
export function nodeRequestView(request: NodeRequest, source?: object, run?: object): RequestView {
  const url = withoutHost(request.originalUrl ?? request.url)
  const [path = ''] = url.split('?', 1)
  let query: RequestQuery | undefined
  return {
    method: request.method,
    path,
    params: stringsOf(request.params),
    get query() {
      query ??= requestQuery(from(url, '?#'))
      return query
    },
    header: (name) => rawValues((request.raw ?? request).rawHeaders ?? [], name),
    get body() {
      return request.body
    },
    get ip() {
      return request.ip
    },
    source,
    run,
  }
}

/** The origin form of a URL that names its host (RFC 9112 section 3.2.2). No scheme is longer than what is looked at. */
function withoutHost(url: string): string {
  const [scheme] = /^[a-z][a-z\d+.-]*:\/\//i.exec(url.slice(0, 32)) ?? []
  return scheme === undefined ? url : from(url, '/?', scheme.length)
}

/** A text from the first of some characters on. */
function from(text: string, characters: string, start = 0): string {
  const found = [...characters].map((one) => text.indexOf(one, start)).filter((index) => index !== -1)
  return text.slice(Math.min(text.length, ...found))
}

/** Own params only, and no arrays: a wildcard of Express 5 has several values, and joining them would be a guess. */
function stringsOf(params: unknown): Record<string, string> {
  const strings: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value === 'string') strings[name] = value
  }
  return strings
}

/** From the raw headers: others silently keep the first of two `Authorization` headers. */
function rawValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && isNamed(rawHeaders[index - 1] ?? '', name))
}

function isNamed(sent: string, name: string): boolean {
  return sent.length === name.length && sent.toLowerCase() === name
}
