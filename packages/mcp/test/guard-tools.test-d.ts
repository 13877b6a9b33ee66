import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { guardTools } from '../src/index.ts'

const options = { keys: 'ed25519/00', anchor: null }
const info = { name: 'files', version: '1.0.0' }

describe('the types of a guarded server', () => {
  it('know the arguments of a tool by its schema, on line 2', () => {
    const server = guardTools(new ServerV2(info), options)
    const config = { inputSchema: z.object({ path: z.string(), lines: z.coerce.number() }), capability: {} }
    server.registerTool('read', config, async (args) => {
      expectTypeOf(args).toEqualTypeOf<{ path: string; lines: number }>()
      return { content: [] }
    })
    expectTypeOf(server).toExtend<ServerV2>()
  })

  it('know the arguments of a tool by an object of schemas, on line 1', () => {
    const server = guardTools(new ServerV1(info), options)
    server.registerTool('read', { inputSchema: { path: z.string() }, capability: 'public' }, async (args) => {
      expectTypeOf(args).toEqualTypeOf<{ path: string }>()
      return { content: [] }
    })
    expectTypeOf(server).toExtend<ServerV1>()
  })
})
