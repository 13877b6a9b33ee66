import { Client as ClientV2, InMemoryTransport as TransportV2 } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport as TransportV1 } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { onTestFinished } from 'vitest'
import { withCapabilities } from '../../src/index.ts'

/** What a tool answered. */
export interface Answered {
  readonly isError?: boolean
  readonly content?: readonly { readonly text?: string }[]
  readonly _meta?: Readonly<Record<string, unknown>>
}

/** A client of either line, as far as the tests use it. */
export interface AnyClient {
  connect(transport: never): Promise<void>
  close(): Promise<void>
  callTool(call: { name: string; arguments?: object; _meta?: object }): Promise<Answered>
  listTools(): Promise<{ tools: { name: string }[] }>
  listPrompts(): Promise<{ prompts: { name: string }[] }>
  listResources(): Promise<{ resources: { uri: string }[] }>
  listResourceTemplates(params: object): Promise<{ resourceTemplates: { name: string }[] }>
  readResource(resource: { uri: string; _meta?: object }): Promise<{ contents: { text?: string }[] }>
  getPrompt(prompt: { name: string; arguments?: object; _meta?: object }): Promise<object>
  complete(request: object): Promise<object>
}

/** Both lines of the SDK, on both sides. */
export const LINES = [
  ['1', '1'],
  ['1', '2'],
  ['2', '1'],
  ['2', '2'],
] as const

export type Line = '1' | '2'

const INFO = { name: 'files', version: '1.0.0' }

// biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
export function newServer(line: Line): any {
  return line === '1' ? new ServerV1(INFO) : new ServerV2(INFO)
}

/** Both ends of a transport without a client. */
// biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
export function rawPair(line: Line): { own: any; other: any } {
  const [own, other] = line === '1' ? TransportV1.createLinkedPair() : TransportV2.createLinkedPair()
  return { own, other }
}

/** Connects a client. `token` is put into each call of a tool by the transport. */
export async function connect(
  server: { connect(transport: never): Promise<void>; close(): Promise<void> },
  line: Line,
  token: () => string | undefined = () => undefined,
): Promise<AnyClient> {
  const [own, other] = line === '1' ? TransportV1.createLinkedPair() : TransportV2.createLinkedPair()
  await server.connect(other as never)
  const client = (line === '1' ? new ClientV1(INFO) : new ClientV2(INFO)) as unknown as AnyClient
  await client.connect(withCapabilities(own as never, token) as never)
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  return client
}
