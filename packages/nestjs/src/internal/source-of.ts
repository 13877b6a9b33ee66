import { IncomingMessage } from 'node:http'
import type { ExecutionContext } from '@nestjs/common'
import type { NodeRequest } from '@writ/http'

/**
 * What handlers share the proof of a token by: the request of HTTP that several resolvers answer. The request of an upgrade lives as
 * long as its socket, and what was proven then may be revoked since: each message on it is proven anew.
 */
export function sourceOf(context: ExecutionContext, request: NodeRequest): object | undefined {
  if (context.getType() === 'http') return request
  const raw: unknown = request.raw ?? request
  return raw instanceof IncomingMessage && (raw as { upgrade?: unknown }).upgrade !== true ? request : undefined
}
