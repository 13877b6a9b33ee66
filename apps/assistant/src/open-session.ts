import { Client as McpClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Client } from '@writ/client'
import { presentIdentity } from '@writ/core'
import {
  type AgentSession,
  type AgentSessionOptions,
  type AgentTool,
  type AuthorizedCall,
  createAgentSession,
  META_KEY,
} from '@writ/mcp'
import type { RunningOffice } from './start-office.ts'

/** What a tool answers. */
export interface Answer {
  readonly isError?: boolean | undefined
  readonly content?: readonly unknown[] | undefined
  readonly _meta?: Readonly<Record<string, unknown>> | undefined
}

/** The tools as the agent knows them. What is sent out is sent once. */
const TOOLS: Readonly<Record<string, AgentTool<Answer>>> = {
  web_search: { designate: ['site'] },
  read_file: { designate: ['path'] },
  read_customer: { designate: ['customerId'] },
  send_email: { designate: ['to'], singleUse: true },
  pay_invoice: { designate: { invoiceId: 'invoiceId', cents: 'cents', approval: 'invoiceId' }, singleUse: true },
}

/** An agent that is connected to the office. */
export interface ConnectedAgent {
  readonly session: AgentSession<Answer>
  /** What was sent over the wire, the latest last: what a thief would hear. */
  readonly heard: readonly AuthorizedCall[]
  /** Presents any capability with any call, as a thief would. */
  present(call: AuthorizedCall): Promise<Answer>
  close(): Promise<void>
}

/**
 * Connects an agent: over HTTP it shows who it is, by a copy of its identity for this server, and each call has a capability of
 * its own.
 */
export async function openSession(
  { url, keys }: Pick<RunningOffice, 'url' | 'keys'>,
  client: Client,
  more: Pick<AgentSessionOptions<Answer>, 'context' | 'awaitApproval'> = {},
): Promise<ConnectedAgent> {
  const mcp = new McpClient({ name: 'assistant', version: '1.0.0' })
  await mcp.connect(
    new StreamableHTTPClientTransport(url, {
      async fetch(input, init) {
        const copy = await presentIdentity(await client.identity(), keys, { anchor: 'mcp:office' })
        const headers = new Headers(init?.headers)
        headers.set('authorization', `Bearer ${copy}`)
        return fetch(input, { ...init, headers })
      },
    }),
  )
  const heard: AuthorizedCall[] = []
  const present = ({ token, name, arguments: args }: AuthorizedCall): Promise<Answer> =>
    mcp.callTool({ name, arguments: args, _meta: { [META_KEY]: token } })
  const send = (call: AuthorizedCall) => {
    heard.push(call)
    return present(call)
  }
  const session = await createAgentSession<Answer>({ client, keys, tools: TOOLS, send, ...more })
  return { session, heard, present, close: () => mcp.close() }
}
