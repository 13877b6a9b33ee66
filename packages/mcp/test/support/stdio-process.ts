// A guarded server as a process: the public key and the anchor come from the command line.
import { McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { guardTools } from '@writ/mcp'
import { z } from 'zod'

const [, , keys = '', anchor = ''] = process.argv
const server = guardTools(new McpServer({ name: 'files', version: '1.0.0' }), { keys, anchor })
const config = { inputSchema: z.object({ path: z.string() }), capability: { designate: ['path'] } }
server.registerTool('read_file', config, async ({ path }: { path: string }) => ({
  content: [{ type: 'text', text: `contents of ${path}` }],
}))
await server.connect(new StdioServerTransport())
