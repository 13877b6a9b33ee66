import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { attachedCapability, guardUpgrade, type UpgradeOptions } from '../src/index.ts'
import { ANCHOR, NOW, publicKey } from './support.ts'

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

type Options = UpgradeOptions<IncomingMessage, Duplex, Buffer>

/** What `accept` was called with. */
interface Accepted {
  readonly path: string | undefined
  readonly subject: string | undefined
  readonly attached: boolean
  /** What is left on the socket of those who listen for its errors. */
  readonly listeners: number
  readonly params: Readonly<Record<string, string>>
}

/** The route of most tests. */
export const EVENTS = { resource: 'invoices', designate: ['tenantId', 'invoiceId'] }

/** A server on Node whose upgrades are guarded; its WebSockets say hello. */
export async function guarded(
  more: Partial<Options> = {},
  requirement: Options['routes'][string]['requirement'] = EVENTS,
) {
  const server = createServer((_request, response) => response.end('plain'))
  const sockets = new WebSocketServer({ noServer: true })
  const accepted: Accepted[] = []
  const route: Options['routes'][string] = {
    requirement,
    accept(request, socket, head, capability, params) {
      const attached = attachedCapability(request) !== undefined
      const listeners = socket.listenerCount('error')
      accepted.push({ path: request.url, subject: capability?.subject, attached, listeners, params })
      sockets.handleUpgrade(request, socket, head, (client) => client.send(`hello ${capability?.subject}`))
    },
  }
  const routes = { '/:tenantId/events/:invoiceId': route, '/healthz': { ...route, requirement: 'public' as const } }
  guardUpgrade(server, { keys: publicKey, anchor: ANCHOR, now: () => NOW, routes, ...more })
  return { server, accepted, port: await listen(server) }
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** What a WebSocket client gets: its first message, or the answer that refuses it. */
export async function openSocket(
  port: number,
  path: string,
  {
    token,
    protocols = [],
    headers = {},
  }: { token?: string; protocols?: string[]; headers?: Record<string, string> } = {},
) {
  const bearer = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers: { ...bearer, ...headers } })
  open.push(() => client.terminate())
  return new Promise<Opened>((resolve, reject) => {
    client.on('message', (message) => resolve({ message: String(message), protocol: client.protocol }))
    client.on('error', reject)
    client.on('unexpected-response', (_request, response) => {
      text(response).then((body) => resolve({ status: response.statusCode, headers: response.headers, body }), reject)
    })
  })
}

interface Opened {
  readonly message?: string
  readonly protocol?: string
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: string
}

/** A connection that does not close by itself. */
export async function connectTo(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  open.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** A connection that has sent an upgrade request, as it stands. */
export async function sendUpgrade(port: number, target: string, lines: readonly string[] = [], method = 'GET') {
  const socket = await connectTo(port)
  const fields = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', ...lines]
  socket.write(`${method} ${target} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`, 'latin1')
  return socket
}
