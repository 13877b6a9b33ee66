import type { NodeRequest } from '@writ/http'

/**
 * Makes a request of a message, for `getRequest` of a subclass of the guard. The token is in `headers`, and
 * `{ body: name }` designates by `body`. Header values that are not strings are ignored. A message has no params and no
 * query. Its operation is `write` unless the requirement names one.
 *
 * @param headers - The headers of the message, or those that a client put into its payload. The case of names does not
 * matter.
 * @param body - The payload of the message. Default: none.
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
