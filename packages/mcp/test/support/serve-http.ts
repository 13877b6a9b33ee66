import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { onTestFinished } from 'vitest'
import type { FetchHandler } from '../../src/index.ts'
import type { Line } from './lines.ts'

/** What serves MCP in the form of the Fetch standard, with a server for each request. */
// biome-ignore lint/suspicious/noExplicitAny: the two lines have different types, and the tests run over both
export function fetchHandler(line: Line, createServer: () => any): FetchHandler {
  if (line === '2') {
    const handler = createMcpHandler(createServer)
    return (request) => handler.fetch(request)
  }
  return async (request) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await createServer().connect(transport)
    return transport.handleRequest(request)
  }
}

/** Serves on a free port, until the test ends. */
export async function serveHttp(handler: FetchHandler): Promise<URL> {
  const listener = getRequestListener(handler)
  const http = createServer((request, response) => void listener(request, response)).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`)
}
