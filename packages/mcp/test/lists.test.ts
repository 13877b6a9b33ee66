import { mintIdentity, presentIdentity } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { describe, expect, it } from 'vitest'
import { guardTools, type ListRule, META_KEY } from '../src/index.ts'
import { type AnyClient, connect, LINES, newServer } from './support/lines.ts'

describe.each(LINES)('lists of a server of line %s, asked by a client of line %s', (serverLine, clientLine) => {
  async function start(lists: ListRule) {
    const authority = await createTestAuthority()
    const { publicKey: keys, now, privateKey } = authority
    // biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
    const server: any = guardTools(newServer(serverLine), { keys, anchor: 'mcp:files', now, lists })
    const empty = async () => ({ content: [] })
    for (const name of ['read_file', 'delete_file']) server.registerTool(name, { capability: {} }, empty)
    server.registerTool('ping', { capability: 'public' }, empty)
    server.registerResource('motd', 'file:///motd', { capability: {} }, async () => ({ contents: [] }))
    server.registerPrompt('greet', { capability: {} }, async () => ({ messages: [] }))
    const client = await connect(server, clientLine)
    const mint = (anchor = 'mcp:files') => authority.mint({ resource: 'tool:read_file', operation: 'invoke', anchor })
    const identify = async (subject: string) =>
      presentIdentity(await mintIdentity({ subject, now }, privateKey), keys, { anchor: 'mcp:files', now })
    return { client, mint, identify, server, authority }
  }
  const listed = async (client: AnyClient, token?: unknown) => {
    const params = token === undefined ? {} : { _meta: { [META_KEY]: token } }
    const { tools } = await (
      client as unknown as { listTools(params: object): ReturnType<AnyClient['listTools']> }
    ).listTools(params)
    return tools.map(({ name }) => name)
  }

  it('show all that is declared, by default', async () => {
    expect(await listed((await start('declared')).client)).toEqual(['read_file', 'delete_file', 'ping'])
  })

  it('show a caller what its capability reaches, and others what is public', async () => {
    const { client, mint, identify } = await start('reachable')
    expect(await listed(client)).toEqual(['ping'])
    expect(await listed(client, await mint())).toEqual(['read_file', 'ping'])
    expect(await listed(client, await mint('mcp:mail'))).toEqual(['ping'])
    for (const token of ['x', 7, await identify('agent:alice')]) expect(await listed(client, token)).toEqual(['ping'])
    expect((await client.listPrompts()).prompts).toEqual([])
  })

  it('show the bearer of an identity what it may ask for', async () => {
    const grants = new Map([['agent:alice', [{ target: 'tool:delete_file', operations: ['invoke'] }]]])
    const { client, mint, identify } = await start({ grantsOf: (identity) => grants.get(identity) ?? [] })
    expect(await listed(client, await identify('agent:alice'))).toEqual(['delete_file', 'ping'])
    expect(await listed(client, await identify('agent:mallory'))).toEqual(['ping'])
    expect(await listed(client, await mint())).toEqual(['read_file', 'ping'])
  })

  it('show templates to those who reach them, and what a public template lists to everybody', async () => {
    const { client, server, authority } = await start('reachable')
    const { ResourceTemplate } = await (serverLine === '1'
      ? import('@modelcontextprotocol/sdk/server/mcp.js')
      : import('@modelcontextprotocol/server'))
    const template = (uri: string, list?: () => Promise<object>) => new ResourceTemplate(uri, { list } as never)
    const read = async () => ({ contents: [] })
    server.registerResource('notes', template('note:///{name}'), { capability: {} }, read)
    const given = await authority.mint({ resource: 'resource:notes', operation: 'read', anchor: 'mcp:files' })
    const templates = async (_meta = {}) => {
      const { resourceTemplates } = await client.listResourceTemplates({ _meta })
      return resourceTemplates.map(({ name }) => name)
    }
    expect([await templates(), await templates({ [META_KEY]: given })]).toEqual([[], ['notes']])
    const news = { uri: 'news:///today', name: 'today' }
    const list = async () => ({ resources: [news] })
    server.registerResource('news', template('news:///{day}', list), { capability: 'public' }, read)
    expect(await templates()).toEqual(['news'])
    expect((await client.listResources()).resources).toMatchObject([news])
  })

  it('fail when grants cannot be looked up, and say nothing of why', async () => {
    const { client, identify } = await start({ grantsOf: () => Promise.reject(new Error('postgres.internal is away')) })
    const refused = listed(client, await identify('agent:alice'))
    await expect(refused).rejects.toThrow('The list is not available now')
    await expect(refused).rejects.not.toThrow('internal')
  })

  it.each(['caller', null, {}, { grantsOf: 'x' }])('cannot be shown by a rule that is %j', async (lists) => {
    await expect(start(lists as never)).rejects.toThrow("lists: must be 'declared', 'reachable' or { grantsOf }")
  })
})
