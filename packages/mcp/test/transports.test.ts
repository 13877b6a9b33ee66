import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { McpServer } from '@modelcontextprotocol/server'
import { generateKeyPair, mintCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { createToolGuard, guardTools, withCapabilities } from '../src/index.ts'
import { fetchHandler, serveHttp } from './support/serve-http.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const codeOf = (answer: { isError?: boolean | undefined; _meta?: object | undefined }) =>
  answer.isError ? (answer._meta as Record<string, unknown>)['dev.writ/code'] : 'allowed'
const RIGHT = { resource: 'tool:read_file', operation: 'invoke', anchor: 'mcp:files', designations: { path: 'a.txt' } }
const read = (path: string) => ({ name: 'read_file', arguments: { path } })

it('over stdio, to a process, each call carries its own capability', async () => {
  const { publicKey, privateKey } = await generateKeyPair()
  const server = fileURLToPath(new URL('support/stdio-process.ts', import.meta.url))
  const transport = new StdioClientTransport({ command: process.execPath, args: [server, publicKey, 'mcp:files'] })
  const token = await mintCapability({ subject: 'agent:alice', ...RIGHT }, privateKey)
  const asked: unknown[] = []
  const client = new Client({ name: 'assistant', version: '1.0.0' })
  onTestFinished(() => client.close())
  const tokenFor = (call: object) => {
    asked.push(call)
    return token
  }
  await client.connect(withCapabilities(transport, tokenFor))
  expect((await client.callTool(read('a.txt'))).content).toMatchObject([{ text: 'contents of a.txt' }])
  expect(codeOf(await client.callTool(read('b.txt')))).toBe('wrong_designation')
  expect(asked).toEqual([read('a.txt'), read('b.txt')])
})

it('over HTTP, the capability of the connection counts where a call has none of its own', async () => {
  const authority = await createTestAuthority()
  const guard = createToolGuard({ keys: authority.publicKey, anchor: 'mcp:files', now: authority.now })
  // A server for each request: the guard, with what it remembers, is one for all.
  const createServer = () => {
    const server = guardTools(new McpServer({ name: 'files', version: '1.0.0' }), { guard })
    server.registerTool(
      'read_file',
      { inputSchema: z.object({ path: z.string() }), capability: { designate: ['path'] } },
      async ({ path }) => ({ content: [{ type: 'text', text: `contents of ${path}` }] }),
    )
    return server
  }
  const url = await serveHttp(fetchHandler('2', createServer))
  const [forA, forB] = await Promise.all(
    ['a.txt', 'b.txt'].map((path) => authority.mint({ ...RIGHT, designations: { path } })),
  )
  const connect = async (headers: Record<string, string>, token: () => string | undefined) => {
    const client = new Client({ name: 'assistant', version: '1.0.0' })
    onTestFinished(() => client.close())
    const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } })
    await client.connect(withCapabilities(transport, token))
    return client
  }
  const authorization = `Bearer ${forA}`
  const connected = await connect({ authorization }, () => undefined)
  expect(codeOf(await connected.callTool(read('a.txt')))).toBe('allowed')
  expect(codeOf(await connected.callTool(read('b.txt')))).toBe('wrong_designation')
  const each = await connect({ authorization }, () => forB)
  expect(codeOf(await each.callTool(read('b.txt')))).toBe('allowed')
  expect(codeOf(await each.callTool(read('a.txt')))).toBe('wrong_designation')
  const none = await connect({}, () => undefined)
  expect(codeOf(await none.callTool(read('a.txt')))).toBe('missing_token')
  const basic = await connect({ authorization: 'Basic YTpi' }, () => undefined)
  expect(codeOf(await basic.callTool(read('a.txt')))).toBe('malformed_token')
})
