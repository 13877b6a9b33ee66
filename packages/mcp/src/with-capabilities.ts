/** Where a call carries its capability. */
export const META_KEY = 'dev.writ/capability'

/** What is read of a transport of an MCP client. */
interface Transport {
  send(message: never, ...rest: never[]): Promise<void>
}

/** A call, as a client is about to send it. */
export interface OutgoingCall {
  /** The name of the tool. */
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/**
 * Puts a capability into each call of a tool that an MCP client sends, whatever the client is.
 *
 * @param transport - It is changed, and returned.
 * @param capabilityFor - The token for a call; `undefined` for none.
 *
 * @example
 * ```ts
 * import { Client } from '@modelcontextprotocol/client'
 * import { withCapabilities } from '@writ/mcp'
 *
 * declare const transport: Parameters<Client['connect']>[0]
 * declare function tokenFor(tool: string, path: unknown): Promise<string>
 *
 * const client = new Client({ name: 'assistant', version: '1.0.0' })
 * await client.connect(withCapabilities(transport, (call) => tokenFor(call.name, call.arguments['path'])))
 * ```
 */
export function withCapabilities<Wrapped extends Transport>(
  transport: Wrapped,
  capabilityFor: (call: OutgoingCall) => string | undefined | Promise<string | undefined>,
): Wrapped {
  const send = transport.send.bind(transport) as (message: unknown, ...rest: unknown[]) => Promise<void>
  transport.send = (async (message: unknown, ...rest: unknown[]) => {
    await send(isCall(message) ? await withToken(message, capabilityFor) : message, ...rest)
  }) as Wrapped['send']
  return transport
}

interface Call {
  readonly method: 'tools/call'
  readonly params: { readonly name: string; readonly arguments?: Record<string, unknown>; readonly _meta?: object }
}

function isCall(message: unknown): message is Call {
  return typeof message === 'object' && message !== null && 'method' in message && message.method === 'tools/call'
}

async function withToken(message: Call, capabilityFor: (call: OutgoingCall) => unknown): Promise<unknown> {
  const { params } = message
  const token = await capabilityFor({ name: params.name, arguments: params.arguments ?? {} })
  if (token === undefined) return message
  return { ...message, params: { ...params, _meta: { ...params._meta, [META_KEY]: token } } }
}
