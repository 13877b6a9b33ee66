import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { mintIdentity, presentIdentity } from '@writ/core'
import { describeResource } from '@writ/http'
import { createTestAuthority, type TestAuthority } from '@writ/testing'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createToolGuard, guardHttp, guardTools, META_KEY, type ToolGuard } from '../src/index.ts'
import { type AnyClient, newServer } from './support/lines.ts'
import { fetchHandler, serveHttp } from './support/serve-http.ts'

const { url: resourceMetadata } = describeResource({
  resource: 'https://files.acme.example/mcp',
  authorizationServers: ['https://authority.acme.example'],
})

describe.each(['1', '2'] as const)('a server of line %s over HTTP', (line) => {
  let authority: TestAuthority
  let guard: ToolGuard
  let url: URL
  let served: number
  let ran: string[]

  const createServer = () => {
    const server = guardTools(newServer(line), { guard })
    const inputSchema = z.object({ path: z.string() })
    server.registerTool(
      'read_file',
      { inputSchema, capability: { designate: ['path'] } },
      ({ path }: { path: string }) => {
        ran.push(path)
        return { content: [{ type: 'text', text: `contents of ${path}` }] }
      },
    )
    server.registerTool('ping', { capability: 'public' }, () => ({ content: [] }))
    return server
  }
  const mint = (more: object = {}) =>
    authority.mint({ resource: 'tool:read_file', operation: 'invoke', anchor: 'mcp:files', ...more })
  const call = (name: string, params: object = {}) => ({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name, ...params },
  })
  const post = (body: unknown, token?: string) =>
    fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  beforeEach(async () => {
    authority = await createTestAuthority()
    guard = createToolGuard({ keys: authority.publicKey, anchor: 'mcp:files', now: authority.now })
    served = 0
    ran = []
    const serve = fetchHandler(line, createServer)
    const counted = (request: Request) => {
      served++
      return serve(request)
    }
    url = await serveHttp(guardHttp(createServer(), counted, { resourceMetadata }))
  })

  it.each<[string, () => Promise<string | undefined>, number, string, string]>([
    [
      'no token',
      async () => undefined,
      401,
      'missing_token',
      `Bearer realm="mcp", resource_metadata="${resourceMetadata}"`,
    ],
    [
      'a token of mallory',
      async () =>
        (await createTestAuthority()).mint({ resource: 'tool:read_file', operation: 'invoke', anchor: 'mcp:files' }),
      401,
      'invalid_signature',
      `Bearer realm="mcp", error="invalid_token", resource_metadata="${resourceMetadata}"`,
    ],
    [
      'a token for another server',
      () => mint({ anchor: 'mcp:mail' }),
      403,
      'wrong_anchor',
      `Bearer realm="mcp", error="insufficient_scope", resource_metadata="${resourceMetadata}"`,
    ],
    [
      'a token for another tool',
      () => mint({ resource: 'tool:ping' }),
      403,
      'wrong_resource',
      `Bearer realm="mcp", error="insufficient_scope", scope="tool:read_file:invoke", resource_metadata="${resourceMetadata}"`,
    ],
  ])('a call with %s is answered before it is dispatched', async (_name, given, status, code, challenge) => {
    const response = await post(call('read_file', { arguments: { path: 'a.txt' } }), await given())
    expect(response.status).toBe(status)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect(await response.json()).toMatchObject({ status, code })
    expect(served).toBe(0)
  })

  it('a token that has expired is answered with 401, so that the client renews it', async () => {
    const token = await mint({ expiresIn: '1m' })
    authority.advance(60)
    const response = await post(call('ping'), token)
    expect([response.status, await response.json()]).toMatchObject([401, { code: 'expired' }])
  })

  it.each(['GET', 'DELETE'])('%s without a token is answered with 401', async (method) => {
    expect((await fetch(url, { method })).status).toBe(401)
    expect(served).toBe(0)
  })

  it('of several messages in one body, one that is not permitted stops all', async () => {
    const messages = [call('ping'), call('read_file', { arguments: { path: 'a.txt' } })]
    expect((await post(messages, await mint({ resource: 'tool:ping' }))).status).toBe(403)
    expect(served).toBe(0)
  })

  it.each([['{'], ['null'], ['7'], ['[null]'], ['{"method":"tools/call"}'], ['{"method":"tools/call","params":[]}']])(
    'a body %s is answered by the SDK, and nothing runs',
    async (body) => {
      const response = await post(body, await mint())
      expect(response.status).toBeGreaterThanOrEqual(200)
      expect(response.status).toBeLessThan(500)
      expect(ran).toEqual([])
    },
  )

  it('a body of more than 4 MiB is answered with 413', async () => {
    expect((await post(`"${'x'.repeat(4 * 1024 * 1024)}"`, await mint())).status).toBe(413)
    expect(served).toBe(0)
  })

  it('a client calls with the token of the connection, and with one of the call', async () => {
    const connect = async (token: string) => {
      const client = new Client({ name: 'assistant', version: '1.0.0' })
      onTestFinished(() => client.close())
      const requestInit = { headers: { authorization: `Bearer ${token}` } }
      await client.connect(new StreamableHTTPClientTransport(url, { requestInit }))
      return client as unknown as AnyClient
    }
    const [forA, forB] = await Promise.all(['a.txt', 'b.txt'].map((path) => mint({ designations: { path } })))
    const client = await connect(forA as string)
    const read = (path: string, _meta = {}) => client.callTool({ name: 'read_file', arguments: { path }, _meta })
    expect((await read('a.txt')).isError).toBeUndefined()
    expect((await read('b.txt'))._meta).toMatchObject({ 'dev.writ/code': 'wrong_designation' })
    expect((await read('b.txt', { [META_KEY]: forB })).isError).toBeUndefined()
    expect(ran).toEqual(['a.txt', 'b.txt'])
  })

  it('an identity connects, and permits no call', async () => {
    const options = { anchor: 'mcp:files', now: authority.now }
    const identity = await mintIdentity({ subject: 'agent:alice', now: authority.now }, authority.privateKey)
    const copy = await presentIdentity(identity, authority.publicKey, options)
    expect((await post(call('ping'), copy)).status).toBe(200)
    expect((await post(call('read_file', { arguments: { path: 'a.txt' } }), copy)).status).toBe(403)
    const other = await presentIdentity(identity, authority.publicKey, { ...options, anchor: 'mcp:mail' })
    expect((await post(call('ping'), other)).status).toBe(403)
    expect(ran).toEqual([])
  })

  it('a server that is not guarded, and an option that is unknown, are refused at once', () => {
    expect(() => guardHttp(newServer(line), () => new Response())).toThrow(
      'server: must be one that guardTools returned',
    )
    expect(() => guardHttp(createServer(), () => new Response(), { relm: 'x' } as never)).toThrow(
      'relm: unknown, must be one of resourceMetadata, realm',
    )
  })
})
