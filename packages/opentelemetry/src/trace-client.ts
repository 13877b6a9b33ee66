import { context, propagation, SpanKind } from '@opentelemetry/api'
import { type Outcome, traceCall } from './internal/trace-call.ts'

/** What is traced of a client. */
interface TracedClient {
  capabilityFor(request: never): Promise<string>
  mint(request: never): Promise<unknown>
  fetch(input: string | URL | Request, init: never): Promise<Response>
}

/** What is read of a request for a capability. */
interface AskedFor {
  readonly target: string
  readonly operation: string
}

type HeadersLike = ConstructorParameters<typeof Headers>[0]

interface CallOptions {
  readonly headers?: HeadersLike
  readonly capability: AskedFor
}

/**
 * A client like the one that is given, which records what it asks for and whom it calls: spans `writ.capabilityFor`,
 * `writ.mint` and `writ.fetch`, a count `writ.client.decisions`, and a duration `writ.client.decision.duration` in seconds.
 * `fetch` sends the trace on to the service (`traceparent`). No URL, no value and no token is recorded.
 *
 * @param client - Made by `createClient`.
 *
 * @example
 * ```ts
 * import { createClient } from '@writ/client'
 * import { traceClient } from '@writ/opentelemetry'
 *
 * const client = traceClient(
 *   createClient({
 *     url: 'https://authority.example',
 *     keys: process.env['WRIT_PUBLIC_KEY'] ?? '',
 *     identity: { secret: process.env['WRIT_SECRET'] ?? '' },
 *   }),
 * )
 * ```
 */
export function traceClient<Client extends TracedClient>(client: Client): Client {
  const asking = (act: string, { target, operation }: AskedFor) => ({
    part: 'client' as const,
    name: `writ.${act}`,
    attributes: { 'writ.act': act, 'writ.resource': target, 'writ.operation': operation },
    rejected: outcomeOf,
  })
  return Object.freeze({
    ...client,
    async capabilityFor(request: AskedFor) {
      return traceCall({ ...asking('capabilityFor', request), resolved: allowed }, () =>
        client.capabilityFor(request as never),
      )
    },
    async mint(request: AskedFor) {
      return traceCall({ ...asking('mint', request), resolved: allowed }, () => client.mint(request as never))
    },
    async fetch(input: string | URL | Request, init: CallOptions) {
      const call = { ...asking('fetch', init.capability), kind: SpanKind.CLIENT, resolved: answered }
      return traceCall(call, () => client.fetch(input, { ...init, headers: withTrace(input, init.headers) } as never))
    },
  })
}

/** The headers of the call, with those that carry the trace. */
function withTrace(input: string | URL | Request, given: HeadersLike): Headers {
  const headers = new Headers(given ?? (input instanceof Request ? input.headers : undefined))
  propagation.inject(context.active(), headers, { set: (carrier, key, value) => carrier.set(key, value) })
  return headers
}

const allowed = (): Outcome => ({ decision: 'allowed' })

function answered({ status }: Response): Outcome {
  const decision = status === 401 || status === 403 ? 'refused' : status >= 500 ? 'failed' : 'allowed'
  return { decision, attributes: { 'http.response.status_code': status } }
}

function outcomeOf(error: unknown): Outcome {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown }
  if (name !== 'ClientError') return { decision: 'failed' }
  const decision = code === 'refused' || code === 'unauthenticated' ? 'refused' : 'failed'
  return { decision, attributes: { 'writ.code': String(code) } }
}
