import { type NodeRequest, nodeRequestView, parsedPairs, type RequestView } from '@writ/http'
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
  return {
    method,
    url,
    params: paramsOf(params),
    query: isEmpty(query) ? [] : parsedPairs(query),
    body: withBody ? copyOf(body) : undefined,
  }
}

/** Whether a handler would read the same now, but for the body. It compares without making anything for most requests. */
export function isStillShown(request: FastifyRequest, { method, url, params, query }: Shown): boolean {
  if (request.method !== method || request.url !== url || !isSameParams(request.params, params)) return false
  const pairs = isEmpty(request.query) ? [] : parsedPairs(request.query)
  return pairs.length === query.length && pairs.every(([name, value], at) => isPair(query[at], name, value))
}

function isSameParams(now: unknown, before: Readonly<Record<string, string>>): boolean {
  let count = 0
  for (const [name, value] of Object.entries(now ?? {})) {
    if (value === undefined) continue
    if (before[name] !== String(value)) return false
    count++
  }
  return count === Object.keys(before).length
}

function isPair(pair: Shown['query'][number] | undefined, name: string, value: string): boolean {
  return pair !== undefined && pair[0] === name && pair[1] === value
}

function isEmpty(query: unknown): boolean {
  return Object.keys(query ?? {}).length === 0
}

/** The request as the guard sees it. `body` is called when the body is first read. */
export function viewOf(request: FastifyRequest, shown: Shown, body: () => unknown): RequestView {
  // Views of one request share the proof of its token, and are one run of its handler.
  return nodeRequestView(new ShownRequest(request, shown, body), request, request)
}

/** A class, because an object with getters of its own takes several times as long to make. */
class ShownRequest implements NodeRequest {
  readonly method: string
  readonly url: string
  readonly params: Shown['params']
  readonly #request: FastifyRequest
  readonly #body: () => unknown

  constructor(request: FastifyRequest, { method, url, params, query }: Shown, body: () => unknown) {
    const end = url.indexOf('?')
    const path = end === -1 ? url : url.slice(0, end)
    this.method = method
    // The query as Fastify has parsed it, since the handler reads that: an app may have its own parser, or begin it by
    // a semicolon.
    this.url = query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`
    this.params = params
    this.#request = request
    this.#body = body
  }

  get raw(): FastifyRequest['raw'] {
    return this.#request.raw
  }

  /** Hooks may have replaced those of Node. */
  get headers(): FastifyRequest['headers'] {
    return this.#request.headers
  }

  get ip(): string {
    return this.#request.ip
  }

  get body(): unknown {
    return this.#body()
  }
}

/**
 * The view for a hook of the app. Its body is what has been parsed so far. To read that of `viewOf` is to wait for the
 * parser, which only a designation may cause: a hook also sees requests that are refused before their body is parsed.
 */
export function viewForHooks(view: RequestView, request: FastifyRequest): RequestView {
  return {
    method: view.method,
    path: view.path,
    params: view.params,
    get query() {
      return view.query
    },
    header: (name) => view.header(name),
    changedHeader: (name) => view.changedHeader?.(name),
    get body() {
      return request.body
    },
    get ip() {
      return view.ip
    },
    source: view.source,
    run: view.run,
  }
}

/** The text of each param, from the path or after coercion by a schema. */
function paramsOf(params: unknown): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(params ?? {})) if (value !== undefined) texts[name] = String(value)
  return texts
}

/** Returns a copy, or a new symbol for a body that cannot be copied: it equals nothing, so the guard decides again. */
function copyOf(body: unknown): unknown {
  try {
    return structuredClone(body)
  } catch {
    return Symbol('not copied')
  }
}
