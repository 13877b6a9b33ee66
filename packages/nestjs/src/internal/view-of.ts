import type { ExecutionContext } from '@nestjs/common'
import { type NodeRequest, nodeRequestView, parsedPairs, type RequestView } from '@writ/http'
import { sourceOf } from './source-of.ts'

/** What the requests of the platforms have beside that of Node. */
interface PlatformRequest extends NodeRequest {
  /** On Fastify the query as it was parsed, and as schemas have changed it. On Express it is parsed anew at each reading. */
  readonly query?: unknown
  /** On Express the part of the path that routing has taken off `url`. */
  readonly baseUrl?: string
}

/**
 * The request as the guard sees it: as the handler will read it. What was sent may differ, since hooks, middleware and
 * options of the platform can rewrite the URL, and parsers and schemas of the app can change values.
 *
 * One run of a handler is one use of a token. One HTTP request is one proof, even if it runs several resolvers.
 */
export function viewOf(context: ExecutionContext, request: PlatformRequest): RequestView {
  const own = request.raw
    ? { originalUrl: { value: urlOnFastify(request) }, params: { value: textsOf(request.params) } }
    : { originalUrl: { value: urlOnExpress(request) } }
  return nodeRequestView(Object.create(request, own), sourceOf(context, request), context)
}

function urlOnFastify(request: PlatformRequest): string {
  const [path] = request.url.split('?', 1)
  return 'query' in request ? `${path}?${new URLSearchParams(parsedPairs(request.query))}` : request.url
}

/** Express parses the query of `url`, which middleware may have rewritten. */
function urlOnExpress({ url, baseUrl = '' }: PlatformRequest): string {
  // Routing leaves a URL with a host whole, and puts a slash where nothing else is left of the path.
  if (baseUrl === '' || !url.startsWith('/')) return url
  return baseUrl + url.replace(/^\/(?=\?|$)/, '')
}

/** A schema may have made a number of a param. The handler reads that, so its text is what must be proven. */
function textsOf(params: unknown): Record<string, string | undefined> {
  const entries = Object.entries(params ?? {}).map(([name, value]) => [name, textOf(value)])
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}

function textOf(value: unknown): string | undefined {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value) ? String(value) : undefined
}
