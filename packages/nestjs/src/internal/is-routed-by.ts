import { type ExecutionContext, RequestMethod } from '@nestjs/common'
import { METHOD_METADATA } from '@nestjs/common/constants.js'
import type { NodeRequest } from '@writ/http'

/**
 * Whether the method of a request is the one by which its handler was found. Middleware on Fastify runs after that, and
 * by changing the method it could make a token to read enough to write.
 */
export function isRoutedBy(context: ExecutionContext, { method }: NodeRequest): boolean {
  const declared: RequestMethod | undefined = Reflect.getMetadata(METHOD_METADATA, context.getHandler())
  if (context.getType() !== 'http' || declared === undefined || declared === RequestMethod.ALL) return true
  return method === RequestMethod[declared] || (method === 'HEAD' && declared === RequestMethod.GET)
}
