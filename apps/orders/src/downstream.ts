import type { Client } from '@writ/client'
import { answerOf } from 'service-kit'

/**
 * Puts something at another service and resolves to its answer. Throws a `Problem`: 504 if the service hangs, 409 if it says
 * so, else 502.
 *
 * @param path - Written with `path`.
 * @param designations - The one object of the call: what was proven, never a caller's word.
 */
export type Downstream = (
  path: string,
  designations: Readonly<Record<string, string>>,
  body: object,
) => Promise<unknown>

export interface DownstreamOptions {
  readonly service: string
  readonly url: string
  /** What orders needs there. */
  readonly right: { readonly target: string; readonly operation: string }
  /** How long an answer may take, its body included. Default 2000. */
  readonly timeoutMs?: number | undefined
}

const TIMEOUT_MS = 2000
/** Too few in stock, or already paid: a fact about the order, and not a failure of the other service. */
const CONFLICT = 409

/**
 * Calls another service with a capability of orders, which each call narrows to its object and to ten seconds. Nothing that
 * orders has received is sent on.
 */
export function createDownstream(client: Pick<Client, 'fetch'>, options: DownstreamOptions): Downstream {
  const { service, url, right, timeoutMs = TIMEOUT_MS } = options
  return (path, designations, body) => {
    const calling = client.fetch(new URL(path, url), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      capability: { ...right, anchor: `service:${service}`, designations },
      signal: AbortSignal.timeout(timeoutMs),
    })
    return answerOf(service, calling, [CONFLICT])
  }
}
