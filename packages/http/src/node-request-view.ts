import { requestQuery } from './request-query.ts'
import type { RequestQuery, RequestView } from './request-view.ts'

/** What requests of frameworks on Node have in common. Those of Express are Node's own; those of Fastify hold it as `raw`. */
export interface NodeRequest {
  readonly method: string
  readonly url: string
  /** The URL as it was sent, where routing changes `url` and handlers still read the query of this one. In Koa leave it out. */
  readonly originalUrl?: string
  readonly params?: unknown
  readonly body?: unknown
  readonly ip?: string | undefined
  readonly raw?: NodeHeaders
  readonly rawHeaders?: readonly string[]
  readonly headers?: object
}

/** `IncomingMessage` is also the type of answers, so it leaves open whether there are a method and a URL. */
type ReceivedRequest = Omit<NodeRequest, 'method' | 'url'> & {
  readonly method?: string | undefined
  readonly url?: string | undefined
}

/** The headers of a request of Node, as sent and as parsed. */
interface NodeHeaders {
  readonly rawHeaders?: readonly string[]
  readonly headers?: object
}

/**
 * Creates the view of a request of a framework on Node. Create it when the guard starts, since routing changes the request
 * later. For adapters.
 *
 * @param source - See {@link RequestView.source}.
 * @param run - See {@link RequestView.run}.
 *
 * @example
 * ```ts
 * import { nodeRequestView } from '@writ/http'
 *
 * const request = { method: 'GET', url: '/acme?page=2', params: { tenantId: 'acme' }, rawHeaders: ['X-Id', '7'] }
 * const view = nodeRequestView(request)
 * console.log(view.path, view.params['tenantId'], view.query.get('page'), view.header('x-id')) // /acme acme 2 [ '7' ]
 * ```
 */
export function nodeRequestView(request: ReceivedRequest, source?: object, run?: object): RequestView {
  return new NodeView(request, source, run)
}

/** A class, because an object with functions of its own takes several times as long to make. */
class NodeView implements RequestView {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string | undefined>>
  readonly source: object | undefined
  readonly run: object | undefined
  /** Functions of its own, because a hook may take them out of the view. */
  readonly header = (name: string): readonly string[] => shownValues(this.#request.raw ?? this.#request, name)
  readonly changedHeader = (name: string): readonly string[] | undefined => changedValues(this.#request, name)
  readonly #request: ReceivedRequest
  readonly #url: string
  #query: RequestQuery | undefined

  constructor(request: ReceivedRequest, source: object | undefined, run: object | undefined) {
    const url = withoutHost(request.originalUrl ?? request.url ?? '')
    const end = url.indexOf('?')
    this.method = request.method ?? ''
    this.path = end === -1 ? url : url.slice(0, end)
    this.params = stringsOf(request.params)
    this.source = source
    this.run = run
    this.#request = request
    this.#url = url
  }

  get query(): RequestQuery {
    this.#query ??= requestQuery(from(this.#url, '?#'))
    return this.#query
  }

  get body(): unknown {
    return this.#request.body
  }

  get ip(): string | undefined {
    return this.#request.ip
  }
}

/** Removes scheme and host from a URL (RFC 9112 section 3.2.2). Only its beginning is searched: schemes are short. */
function withoutHost(url: string): string {
  if (url.startsWith('/')) return url
  const [scheme] = /^[a-z][a-z\d+.-]*:\/\//i.exec(url.slice(0, 32)) ?? []
  return scheme === undefined ? url : from(url, '/?', scheme.length)
}

/** The rest of a text, from the first of some characters on. */
function from(text: string, characters: string, start = 0): string {
  const found = [...characters].map((one) => text.indexOf(one, start)).filter((index) => index !== -1)
  return text.slice(Math.min(text.length, ...found))
}

/**
 * Keeps own params that are texts, or that the path leaves out. A wildcard of Express 5 is an array of values, and joining them
 * would be a guess.
 */
function stringsOf(params: unknown): Record<string, string | undefined> {
  const strings: Record<string, string | undefined> = Object.create(null)
  if (params === undefined || params === null) return strings
  for (const name of Object.keys(params)) {
    const value: unknown = (params as Record<string, unknown>)[name]
    if (typeof value === 'string' || value === undefined) strings[name] = value
  }
  return strings
}

/** A header that handlers do not see names nothing: some versions of Node parse only the first thousand. */
function shownValues({ rawHeaders = [], headers }: NodeHeaders, name: string): string[] {
  return headers === undefined || Object.hasOwn(headers, name) ? rawValues(rawHeaders, name) : []
}

/** Reads the raw headers: parsed ones silently keep only the first of two `Authorization` headers. */
function rawValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let index = 1; index < rawHeaders.length; index += 2) {
    if (isNamed(rawHeaders[index - 1] ?? '', name)) values.push(rawHeaders[index] ?? '')
  }
  return values
}

/** What handlers see of a header instead of what was sent. `undefined` if it is the same, in any form that Node gives it. */
function changedValues(request: ReceivedRequest, name: string): string[] | undefined {
  const headers = request.headers ?? request.raw?.headers
  if (headers === undefined) return undefined
  const sent = rawValues(request.raw?.rawHeaders ?? request.rawHeaders ?? [], name)
  const value: unknown = Object.hasOwn(headers, name) ? headers[name as keyof typeof headers] : undefined
  const seen = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
  const [only] = seen
  // Of some headers Node keeps the first, others it joins.
  const forms = [sent[0], sent.join(', '), sent.join('; ')]
  const isSame = seen.length === 1 ? sent.length > 0 && forms.includes(only) : seen.join('\n') === sent.join('\n')
  return isSame ? undefined : seen
}

function isNamed(sent: string, name: string): boolean {
  return sent.length === name.length && sent.toLowerCase() === name
}
