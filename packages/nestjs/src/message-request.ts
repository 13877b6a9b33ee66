import type { NodeRequest } from '@writ/http'

/**
 * A message as the guard reads it, for `getRequest` of a subclass of the guard: the token is in `headers`, and `body` is what
 * `{ body: name }` designates by. Only strings count as values of headers. A message has no params and no query, and its operation
 * is `write` unless the requirement names one.
 *
 * @param headers - Of the message itself, or those that a client put into its payload. Names are compared without case.
 * @param body - The payload. Default: none.
 *
 * @example
 * ```ts
 * import type { ExecutionContext } from '@nestjs/common'
 * import { CapabilityGuard, messageRequest, type NodeRequest } from '@writ/nestjs'
 *
 * export class MessageGuard extends CapabilityGuard {
 *   protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
 *     if (context.getType() !== 'rpc') return super.getRequest(context)
 *     const message = context.switchToRpc().getData()
 *     return messageRequest({ authorization: message?.authorization }, message)
 *   }
 * }
 * ```
 */
export function messageRequest(headers: Readonly<Record<string, unknown>>, body?: unknown): NodeRequest {
  const rawHeaders: string[] = []
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values].flat()) if (typeof value === 'string') rawHeaders.push(name, value)
  }
  return { method: 'POST', url: '/', rawHeaders, body }
}
