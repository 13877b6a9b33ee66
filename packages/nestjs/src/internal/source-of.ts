import { IncomingMessage } from 'node:http'
import type { ExecutionContext } from '@nestjs/common'
import type { NodeRequest } from '@writ/http'

/**
 * The object by which handlers share the proof of a token: the HTTP request that several resolvers answer. It is
 * `undefined` for the request of an upgrade, which lives as long as its socket: the token may be revoked since, so it is
 * proven again at each message.
 */
export function sourceOf(context: ExecutionContext, request: NodeRequest): object | undefined {
  if (context.getType() === 'http') return request
  const raw: unknown = request.raw ?? request
  return raw instanceof IncomingMessage && (raw as { upgrade?: unknown }).upgrade !== true ? request : undefined
}
