import { nodeRequestView, type RequestView } from '@writ/http'
import type { FastifyRequest } from 'fastify'

/** What the guard sees of a request; `body` is called when somebody asks for it. */
export function viewOf(request: FastifyRequest, body: () => unknown): RequestView {
  const { method, originalUrl, raw, ip } = request
  return nodeRequestView({
    method,
    url: originalUrl,
    params: paramsOf(request),
    raw,
    ip,
    get body() {
      return body()
    },
  })
}

/** What each of the params reads as: strings from the path, or what a schema has made of them since. */
export function paramsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const given = Object.entries(request.params ?? {}).filter(([, value]) => value !== undefined)
  return Object.assign(Object.create(null), Object.fromEntries(given.map(([name, value]) => [name, String(value)])))
}
