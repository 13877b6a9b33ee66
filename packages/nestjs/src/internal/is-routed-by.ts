import { type ExecutionContext, RequestMethod } from '@nestjs/common'
import { METHOD_METADATA } from '@nestjs/common/constants.js'
import type { NodeRequest } from '@writ/http'

/**
 * Whether the method of a request is the one that its handler was found by. Middleware on Fastify runs after that, and what it makes of
 * the method would decide whether a token to read is enough to write.
 */
export function isRoutedBy(context: ExecutionContext, { method }: NodeRequest): boolean {
  const declared: RequestMethod | undefined = Reflect.getMetadata(METHOD_METADATA, context.getHandler())
  if (context.getType() !== 'http' || declared === undefined || declared === RequestMethod.ALL) return true
  return method === RequestMethod[declared] || (method === 'HEAD' && declared === RequestMethod.GET)
}
