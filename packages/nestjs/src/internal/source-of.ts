import { IncomingMessage } from 'node:http'
import { Http2ServerRequest } from 'node:http2'
import type { ExecutionContext } from '@nestjs/common'
import type { NodeRequest } from '@writ/http'

/**
 * The object by which handlers share the proof of a token: the HTTP request that several resolvers answer. It is
 * `undefined` wherever a request may live on after its answer, as the handshake of a gateway does, however its messages
 * arrive: the token may be revoked since, so it is proven again for each handler.
 */
export function sourceOf(context: ExecutionContext, request: NodeRequest): object | undefined {
  const type = context.getType<string>()
  if (type === 'http') return request
  return type === 'graphql' && isBeingAnswered(request.raw ?? request) ? request : undefined
}

/** Of a request of HTTP/1 on Fastify the answer is not known. It belongs to one query, unless it opens a WebSocket. */
function isBeingAnswered(request: object): boolean {
  if (request instanceof Http2ServerRequest) return request.method !== 'CONNECT'
  if (!(request instanceof IncomingMessage)) return false
  const { upgrade, res } = request as { upgrade?: unknown; res?: { readonly writableEnded: boolean } }
  return upgrade !== true && res?.writableEnded !== true
}
