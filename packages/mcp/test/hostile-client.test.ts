import { createTestAuthority } from '@writ/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { guardTools, META_KEY } from '../src/index.ts'
import { type Line, newServer, rawPair } from './support/lines.ts'

const VERSION = '2025-06-18'

/** A guarded server, and the bare transport of a client: it sends whatever it likes. */
async function start(line: Line) {
  const authority = await createTestAuthority()
  const ran: string[] = []
  const started = Promise.withResolvers<void>()
  const cancelled = Promise.withResolvers<void>()
  // biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
  const server: any = guardTools(newServer(line), {
    keys: authority.publicKey,
    anchor: 'mcp:files',
    now: authority.now,
  })
  const inputSchema = z.object({ path: z.string() })
  server.registerTool(
    'read_file',
    { inputSchema, capability: { designate: ['path'] } },
    ({ path }: { path: string }) => {
      ran.push(path)
      return { content: [] }
    },
  )
  // biome-ignore lint/suspicious/noExplicitAny: the context of either line
  server.registerTool('wait', { capability: {} }, async (context: any) => {
    const { signal } = context.mcpReq ?? context
    signal.addEventListener('abort', () => cancelled.resolve())
    started.resolve()
    await cancelled.promise
    return { content: [] }
  })
  const { own, other } = rawPair(line)
  const waiting = new Map<unknown, (answer: Record<string, unknown>) => void>()
  own.onmessage = (message: { id?: unknown }) => waiting.get(message.id)?.(message as never)
  await server.connect(other)
  await own.start()
  let id = 0
  const ask = (method: string, params: object): Promise<Record<string, unknown>> => {
    id += 1
    const answered = Promise.withResolvers<Record<string, unknown>>()
    waiting.set(id, answered.resolve)
    void own.send({ jsonrpc: '2.0', id, method, params })
    return answered.promise
  }
  await ask('initialize', { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: 'x', version: '1' } })
  await own.send({ jsonrpc: '2.0', method: 'notifications/initialized' })
  const mint = (tool: string, path?: string) =>
    authority.mint({
      ...{ resource: `tool:${tool}`, operation: 'invoke', anchor: 'mcp:files' },
      ...(path === undefined ? {} : { designations: { path } }),
    })
  /** The server lives, and does what it should. */
  const assertAlive = async () => {
    const token = await mint('read_file', 'alive.txt')
    const params = { name: 'read_file', arguments: { path: 'alive.txt' }, _meta: { [META_KEY]: token } }
    const { result } = await ask('tools/call', params)
    expect((result as { isError?: boolean }).isError).toBeUndefined()
    expect(ran).toEqual(['alive.txt'])
  }
  return { own, ask, mint, ran, assertAlive, started: started.promise, cancelled: cancelled.promise, lastId: () => id }
}

describe.each(['1', '2'] as const)('a server of line %s and a hostile client', (line) => {
  it.each<[string, object]>([
    ['that has a token which is an object', { _meta: { [META_KEY]: { toString: 'x' } } }],
    ['that has a token of a megabyte', { _meta: { [META_KEY]: 'A'.repeat(2 ** 20) } }],
    ['that has the name of a prototype', { _meta: JSON.parse(`{"__proto__":{"${META_KEY}":"x"}}`) }],
  ])('refuses a call with a _meta %s', async (_name, params) => {
    const { ask, ran, assertAlive } = await start(line)
    const { result, error } = await ask('tools/call', { name: 'read_file', arguments: { path: 'a.txt' }, ...params })
    expect(error ?? (result as { isError?: boolean }).isError).toBeTruthy()
    expect(ran).toEqual([])
    await assertAlive()
  })

  it.each([['token'], [['token']], [null], [7]])('runs nothing for a call with a _meta that is %j', async (_meta) => {
    const { ask, ran, assertAlive } = await start(line)
    // Both lines drop such a message without an answer.
    void ask('tools/call', { name: 'read_file', arguments: { path: 'a.txt' }, _meta })
    expect(ran).toEqual([])
    await assertAlive()
  })

  it.each([7, null, {}, ['read_file'], 'constructor', '__proto__', ''])(
    'refuses a tool whose name is %j',
    async (name) => {
      const { ask, mint, ran, assertAlive } = await start(line)
      const { result, error } = await ask('tools/call', { name, _meta: { [META_KEY]: await mint('read_file') } })
      expect(error ?? (result as { isError?: boolean }).isError).toBeTruthy()
      expect(ran).toEqual([])
      await assertAlive()
    },
  )

  it('runs nothing for a call that is sent as a notification', async () => {
    const { own, mint, ran, assertAlive } = await start(line)
    const _meta = { [META_KEY]: await mint('read_file', 'a.txt') }
    const params = { name: 'read_file', arguments: { path: 'a.txt' }, _meta }
    await own.send({ jsonrpc: '2.0', method: 'tools/call', params })
    await own.send([{ jsonrpc: '2.0', id: 99, method: 'tools/call', params }])
    expect(ran).toEqual([])
    await assertAlive()
  })

  it('ends a call that is cancelled, and decides about the next one', async () => {
    const { own, ask, mint, started, cancelled, lastId, assertAlive } = await start(line)
    void ask('tools/call', { name: 'wait', _meta: { [META_KEY]: await mint('wait') } })
    await started
    await own.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: lastId() } })
    await cancelled
    await assertAlive()
  })

  it('does not run a call that is cancelled while its token is proven', async () => {
    const { own, ask, ran, lastId, assertAlive } = await start(line)
    void ask('tools/call', { name: 'read_file', arguments: { path: 'a.txt' }, _meta: { [META_KEY]: 'x' } })
    await own.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: lastId() } })
    expect(ran).toEqual([])
    await assertAlive()
  })
})
