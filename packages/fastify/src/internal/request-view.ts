import { nodeRequestView, type RequestView } from '@writ/http'
import type { FastifyRequest } from 'fastify'

/** Of a route: decoded, as strings. */
export type Params = Readonly<Record<string, string>>

/** What the guard sees of a request; `body` is called when somebody asks for it. */
export function viewOf(request: FastifyRequest, params: Params, body: () => unknown): RequestView {
  const { method, originalUrl, raw, ip } = request
  return nodeRequestView({
    method,
    url: originalUrl,
    params,
    raw,
    ip,
    get body() {
      return body()
    },
  })
}

/** A copy, since the validation of a schema may coerce params where they are; after that, what each of them reads as. */
export function paramsOf(request: FastifyRequest): Params {
  const given = Object.entries(request.params ?? {}).filter(([, value]) => value !== undefined)
  return Object.assign(Object.create(null), Object.fromEntries(given.map(([name, value]) => [name, String(value)])))
}
