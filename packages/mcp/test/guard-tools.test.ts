import { createTestAuthority, type TestAuthority } from '@writ/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { guardTools, META_KEY } from '../src/index.ts'
import { type Answered, type AnyClient, connect, LINES, newServer } from './support/lines.ts'

// biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
type AnyServer = any

const text = (value: string) => ({ content: [{ type: 'text', text: value }] })
const codeOf = ({ isError, _meta }: Answered) => (isError ? _meta?.['dev.writ/code'] : 'allowed')

describe.each(LINES)('a server of line %s, called by a client of line %s', (serverLine, clientLine) => {
  let authority: TestAuthority
  let ran: unknown[]
  /** What the transport of the client puts into each call. */
  let token: string | undefined
  let client: AnyClient
  let server: AnyServer

  const mint = (tool: string, designations?: Record<string, string>, more: object = {}): Promise<string> =>
    authority.mint({ resource: `tool:${tool}`, operation: 'invoke', anchor: 'mcp:files', designations, ...more })
  const call = (name: string, args?: object, presented: string | undefined = token): Promise<Answered> => {
    token = presented
    return client.callTool({ name, ...(args === undefined ? {} : { arguments: args }) })
  }

  beforeEach(async () => {
    authority = await createTestAuthority()
    ran = []
    token = undefined
    server = guardTools(newServer(serverLine), { keys: authority.publicKey, anchor: 'mcp:files', now: authority.now })
    const path = z.string().transform((value) => {
      ran.push(`canonical ${value}`)
      return value.replace(/^\.\//, '')
    })
    server.registerTool(
      'read_file',
      { inputSchema: z.object({ path }), capability: { designate: ['path'] } },
      async (args: { path: string }) => {
        ran.push(args)
        return text(`contents of ${args.path}`)
      },
    )
    server.registerTool('delete_all', { capability: {} }, async () => {
      ran.push('delete_all')
      return text('deleted')
    })
    server.registerTool('ping', { capability: 'public' }, async () => text('pong'))
    server.registerResource('motd', 'file:///motd', { capability: {} }, async () => ({
      contents: [{ uri: 'file:///motd', text: 'hello' }],
    }))
    server.registerPrompt('greet', { capability: {} }, async () => ({
      messages: [{ role: 'user', content: { type: 'text', text: 'greet' } }],
    }))
    client = await connect(server, clientLine, () => token)
  })

  it('a call runs with a capability for its tool and for what its validated arguments name', async () => {
    const answer = await call('read_file', { path: './a.txt' }, await mint('read_file', { path: 'a.txt' }))
    expect(answer.content).toMatchObject([{ text: 'contents of a.txt' }])
    expect(ran).toEqual(['canonical ./a.txt', { path: 'a.txt' }])
  })

  it.each<[string, () => Promise<string | undefined>, string]>([
    ['nothing', async () => undefined, 'missing_token'],
    ['a text that is no token', async () => 'token', 'malformed_token'],
    [
      'a token of mallory',
      async () => (await createTestAuthority()).mint({ resource: 'tool:read_file', operation: 'invoke' }),
      'invalid_signature',
    ],
    ['a token for another tool', () => mint('delete_all'), 'wrong_resource'],
    ['a token for another operation', () => mint('read_file', {}, { operation: 'list' }), 'wrong_operation'],
    ['a token that is huge', async () => 'A'.repeat(100_000), 'malformed_token'],
  ])('with %s, nothing of the call is validated, and nothing runs', async (_name, given, code) => {
    const answer = await call('read_file', { path: './a.txt' }, await given())
    expect(codeOf(answer)).toBe(code)
    expect(ran).toEqual([])
  })

  it.each([
    ['another path', { path: 'b.txt' }, 'wrong_designation'],
    ['no path', {}, 'undesignated'],
  ] as const)(
    'a capability for %s is refused after validation, and the tool does not run',
    async (_name, named, code) => {
      const answer = await call('read_file', { path: './a.txt' }, await mint('read_file', named))
      expect(codeOf(answer)).toBe(code)
      expect(ran).toEqual(['canonical ./a.txt'])
      expect(answer._meta?.['dev.writ/required']).toEqual({
        resource: 'tool:read_file',
        operation: 'invoke',
        designations: ['path'],
      })
    },
  )

  it('a capability for another server is refused', async () => {
    const other = await mint('delete_all', {}, { anchor: 'mcp:mail' })
    expect(codeOf(await call('delete_all', undefined, other))).toBe('wrong_anchor')
    expect(codeOf(await call('delete_all', undefined, await mint('delete_all')))).toBe('allowed')
  })

  it('an expired capability is refused', async () => {
    const given = await mint('delete_all', {}, { expiresIn: '1m' })
    authority.advance(60)
    expect(codeOf(await call('delete_all', undefined, given))).toBe('expired')
    expect(ran).toEqual([])
  })

  it('a tool that is public runs without a capability', async () => {
    expect((await call('ping')).content).toMatchObject([{ text: 'pong' }])
  })

  it.each(['constructor', '__proto__', 'toString', 'unknown'])('a tool called %s is refused', async (name) => {
    expect(codeOf(await call(name, {}, await mint(name)))).toBe('unguarded')
  })

  it.each([[7], [null], [{}], [['token']], ['']])('a capability that is %j counts as malformed', async (value) => {
    const answer = await client.callTool({ name: 'delete_all', _meta: { [META_KEY]: value } })
    expect(codeOf(answer)).toBe('malformed_token')
    expect(ran).toEqual([])
  })

  it('a tool that declares nothing cannot be registered', () => {
    expect(() => server.registerTool('send', {}, async () => text('sent'))).toThrow(
      "tool send: says no capability, and 'public' must be said too",
    )
    expect(() => server.tool('send', async () => text('sent'))).toThrow('tool: cannot be guarded, use registerTool')
  })

  it.each([
    [{ designat: ['path'] }, 'capability.designat: unknown, must be one of designate, resource, operation'],
    [{ designate: ['path', 'path'] }, 'capability.designate: names one twice'],
    [{ designate: [''] }, 'capability.designate: must be names of arguments, texts that are not empty'],
    [null, "capability: must be a requirement, or 'public'"],
    ['Public', "capability: must be a requirement, or 'public'"],
  ])('a requirement %j is refused when the tool is registered', (capability, message) => {
    expect(() => server.registerTool('send', { capability }, async () => text('sent'))).toThrow(message)
  })

  it('what the SDK would run before the guard cannot be registered', async () => {
    const challenge = { capability: {}, scopeChallenge: () => undefined }
    expect(() => server.registerTool('send', challenge, async () => text('sent'))).toThrow(
      'scopeChallenge: would run before the guard',
    )
    const { ResourceTemplate } = await (serverLine === '1'
      ? import('@modelcontextprotocol/sdk/server/mcp.js')
      : import('@modelcontextprotocol/server'))
    const template = new ResourceTemplate('file:///{name}', { list: async () => ({ resources: [] }) } as never)
    expect(() =>
      server.registerResource('files', template, { capability: {} }, async () => ({ contents: [] })),
    ).toThrow('resource files: a template that lists its resources cannot be guarded')
  })

  it('a resource of a template is decided about by what its URI names', async () => {
    const { ResourceTemplate } = await (serverLine === '1'
      ? import('@modelcontextprotocol/sdk/server/mcp.js')
      : import('@modelcontextprotocol/server'))
    const template = new ResourceTemplate('note:///{name}', { list: undefined } as never)
    const read = async (uri: URL, { name }: { name: string }) => ({
      contents: [{ uri: uri.href, text: `note ${name}` }],
    })
    server.registerResource('notes', template, { capability: { designate: ['name'] } }, read)
    const given = await authority.mint({
      ...{ resource: 'resource:notes', operation: 'read', anchor: 'mcp:files' },
      designations: { name: 'a' },
    })
    const readNote = (name: string, _meta = {}) => client.readResource({ uri: `note:///${name}`, _meta })
    expect((await readNote('a', { [META_KEY]: given })).contents).toMatchObject([{ text: 'note a' }])
    await expect(readNote('b', { [META_KEY]: given })).rejects.toThrow('The capability token is for another object')
    await expect(readNote('a')).rejects.toThrow('A capability token is required')
  })

  it('a second registration of a name changes nothing', async () => {
    expect(() => server.registerTool('delete_all', { capability: 'public' }, async () => text('x'))).toThrow()
    expect(codeOf(await call('delete_all'))).toBe('missing_token')
  })

  it('a callback that replaces the first one is guarded as that was, and a tool keeps its name', async () => {
    const tool = server.registerTool('send', { capability: {} }, async () => text('old'))
    tool.update({ callback: async () => text('new') })
    expect(codeOf(await call('send'))).toBe('missing_token')
    expect((await call('send', undefined, await mint('send'))).content).toMatchObject([{ text: 'new' }])
    expect(() => tool.update({ name: 'ping' })).toThrow('tool send: keeps its name, which its capability names')
  })

  it('arguments that are added later are decided about', async () => {
    const tool = server.registerTool('move', { capability: { designate: ['to'] } }, async () => text('moved'))
    const given = await mint('move', { to: 'b' })
    expect(codeOf(await call('move', undefined, given))).toBe('source_empty')
    const to = { to: z.string() }
    tool.update({ paramsSchema: serverLine === '1' ? to : z.object(to), callback: async () => text('moved') })
    expect(codeOf(await call('move', { to: 'c' }, given))).toBe('wrong_designation')
    expect(codeOf(await call('move', { to: 'b' }, given))).toBe('allowed')
  })

  it('resources and prompts are refused without a capability, and answered with one', async () => {
    const meta = async (resource: string, operation: string) => ({
      [META_KEY]: await authority.mint({ resource, operation, anchor: 'mcp:files' }),
    })
    await expect(client.readResource({ uri: 'file:///motd' })).rejects.toThrow('A capability token is required')
    await expect(client.getPrompt({ name: 'greet' })).rejects.toThrow('A capability token is required')
    const read = await client.readResource({ uri: 'file:///motd', _meta: await meta('resource:motd', 'read') })
    expect(read.contents).toMatchObject([{ text: 'hello' }])
    const greet = await client.getPrompt({ name: 'greet', _meta: await meta('prompt:greet', 'get') })
    expect(greet).toMatchObject({ messages: [{ role: 'user' }] })
    await expect(client.readResource({ uri: 'file:///etc/passwd' })).rejects.toThrow('There is no such resource')
  })

  it('what is listed is what was declared', async () => {
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['read_file', 'delete_all', 'ping'])
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['file:///motd'])
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['greet'])
  })

  it('many calls at once are decided each for itself', async () => {
    const [a, b] = [await mint('read_file', { path: 'a' }), await mint('read_file', { path: 'b' })]
    const one = (path: string, given: string) =>
      client.callTool({ name: 'read_file', arguments: { path }, _meta: { [META_KEY]: given } }).then(codeOf)
    const codes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => one(index % 2 ? 'a' : 'b', index % 4 < 2 ? a : b)),
    )
    expect(codes).toEqual(
      Array.from({ length: 40 }, (_, index) => ((index % 2 === 1) === index % 4 < 2 ? 'allowed' : 'wrong_designation')),
    )
  })

  it('a server on which something is registered already cannot be guarded', () => {
    const late = newServer(serverLine)
    late.registerTool('send', {}, async () => text('sent'))
    expect(() => guardTools(late, { keys: authority.publicKey, anchor: null })).toThrow(
      'server: guard it before anything is registered',
    )
  })
})

describe.each(['1', '2'] as const)('a server of line %s', (line) => {
  const options = { keys: '', anchor: null }
  // biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
  const guarded = (server: any, more: object = {}): any =>
    createTestAuthority().then(({ publicKey }) => guardTools(server, { ...options, keys: publicKey, ...more }))
  // biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
  const setCustom = (server: any, handler: () => Promise<object>) =>
    line === '2'
      ? server.server.setRequestHandler('acme/purge', { params: z.object({}) }, handler)
      : server.server.setRequestHandler(z.object({ method: z.literal('acme/purge') }), handler)

  it('takes no handler for a method that nothing guards, unless anybody may call it', async () => {
    const server = await guarded(newServer(line))
    const handler = async () => ({ purged: true })
    expect(() => setCustom(server, handler)).toThrow('acme/purge: cannot be guarded; name it in publicMethods')
    expect(() => {
      server.server.fallbackRequestHandler = handler
    }).toThrow('fallbackRequestHandler: would run for methods that nothing guards')
    const open = await guarded(newServer(line), { publicMethods: ['acme/purge'] })
    expect(() => setCustom(open, handler)).not.toThrow()
  })

  it('cannot be guarded once it has a handler that would not be', async () => {
    const handler = async () => ({ content: [] })
    const withCustom = newServer(line)
    setCustom(withCustom, handler)
    const withFallback = newServer(line)
    withFallback.server.fallbackRequestHandler = handler
    const withCall = newServer(line)
    withCall.server.registerCapabilities({ tools: {} })
    const { CallToolRequestSchema } = await import('@modelcontextprotocol/sdk/types.js')
    withCall.server.setRequestHandler(line === '2' ? 'tools/call' : CallToolRequestSchema, handler)
    for (const server of [withCustom, withFallback, withCall])
      await expect(guarded(server)).rejects.toThrow('server: guard it before anything is registered')
    await expect(guarded({ server: { setRequestHandler: handler } })).rejects.toThrow(
      'server: is of no known line of the SDK',
    )
  })
})

describe('a tool that is registered past the guard', () => {
  it('through the tasks of line 1 is neither called nor listed', async () => {
    const authority = await createTestAuthority()
    const server: AnyServer = guardTools(newServer('1'), {
      keys: authority.publicKey,
      anchor: null,
      now: authority.now,
    })
    let runs = 0
    server.registerTool('ping', { capability: 'public' }, async () => text('pong'))
    server.experimental.tasks.registerToolTask(
      'hidden',
      { description: 'x', execution: { taskSupport: 'optional' } },
      {
        createTask: async () => {
          runs++
          return { task: {} }
        },
        getTask: async () => ({}),
        getTaskResult: async () => text('x'),
      },
    )
    const client = await connect(server, '1')
    expect(codeOf(await client.callTool({ name: 'hidden' }))).toBe('unguarded')
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['ping'])
    expect(runs).toBe(0)
  })

  it.each(['1', '2'] as const)('by a handler of the server below is refused, on line %s', async (line) => {
    const authority = await createTestAuthority()
    const server: AnyServer = guardTools(newServer(line), {
      keys: authority.publicKey,
      anchor: null,
      now: authority.now,
    })
    let runs = 0
    const handler = async () => {
      runs++
      return text('hidden')
    }
    server.server.registerCapabilities({ tools: {} })
    if (line === '2') server.server.setRequestHandler('tools/call', handler)
    else {
      const { CallToolRequestSchema } = await import('@modelcontextprotocol/sdk/types.js')
      server.server.setRequestHandler(CallToolRequestSchema, handler)
    }
    const client = await connect(server, line)
    expect(codeOf(await client.callTool({ name: 'hidden' }))).toBe('unguarded')
    expect(runs).toBe(0)
  })
})
