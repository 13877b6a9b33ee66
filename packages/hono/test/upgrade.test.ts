import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { attachedCapability, guardUpgrade, unguardedUpgrades } from '@writ/http'
import { createTestAuthority } from '@writ/testing'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { assertGuarded, capability, writ } from '../src/index.ts'

const authority = await createTestAuthority()
const options = { keys: authority.publicKey, now: authority.now, anchor: 'service:billing' }
const mint = (tenantId: string) =>
  authority.mint({ resource: 'events', operation: 'read', designations: { tenantId }, anchor: options.anchor })

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const invoices = writ(options)({ resource: 'events', designate: ['tenantId'] })

/** The server of @hono/node-server for an app, before it listens. */
function serve(app: Hono, more: object = {}) {
  assertGuarded(app)
  const server = createAdaptorServer({ fetch: app.fetch, ...more }) as Server
  const listen = async () => {
    server.listen(0, '127.0.0.1')
    closing.push(() => server.close())
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  return { server, listen }
}

async function start() {
  return serve(new Hono().get('/:tenantId/events', invoices, (c) => c.json([])))
}

/** What a WebSocket client gets: its first message, or the status and the code of the answer. */
async function openSocket(port: number, path: string, token?: string) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  closing.push(() => client.terminate())
  return new Promise((resolve, reject) => {
    client.on('message', (message) => resolve(String(message)))
    client.on('error', reject)
    client.on('unexpected-response', (_request, response) => {
      text(response).then((body) => resolve([response.statusCode, body === '' ? '' : JSON.parse(body).code]), reject)
    })
  })
}

describe('WebSockets on the server of a guarded Hono app', () => {
  it('WebSockets are open to everybody where a WebSocketServer listens, and unguardedUpgrades names its listener', async () => {
    const { server, listen } = await start()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (client) => client.send('come in'))
    expect(await openSocket(await listen(), '/acme/events')).toBe('come in')
    expect(unguardedUpgrades(server)).toHaveLength(1)
  })

  it('WebSockets open only for a good token where guardUpgrade listens, and routes answer as before', async () => {
    const { server, listen } = await start()
    const sockets = new WebSocketServer({ noServer: true })
    guardUpgrade(server, {
      ...options,
      routes: {
        '/:tenantId/events': {
          requirement: { resource: 'events', designate: ['tenantId'] },
          accept: (request, socket, head) =>
            sockets.handleUpgrade(request, socket, head, (client) =>
              client.send(`hello ${attachedCapability(request)?.subject}`),
            ),
        },
      },
    })
    expect(unguardedUpgrades(server)).toEqual([])
    expect(() => new WebSocketServer({ server })).toThrow(/^server: a listener for "upgrade"/)
    const port = await listen()
    expect(await openSocket(port, '/acme/events')).toEqual([401, 'missing_token'])
    expect(await openSocket(port, '/acme/events', await mint('globex'))).toEqual([403, 'wrong_designation'])
    expect(await openSocket(port, '/acme', await mint('acme'))).toEqual([404, undefined])
    expect(await openSocket(port, '/acme/events', await mint('acme'))).toBe('hello alice')
    const url = `http://127.0.0.1:${port}/acme/events`
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: { Authorization: `Bearer ${await mint('acme')}` } })).status).toBe(200)
  })
})

describe('WebSockets that @hono/node-server opens by a route', () => {
  it('WebSockets that @hono/node-server opens by a route are guarded by the guard of the route', async () => {
    const app = new Hono().get(
      '/:tenantId/events',
      invoices,
      upgradeWebSocket((c) => ({ onOpen: (_event, client) => client.send(`hello ${capability(c).subject}`) })),
    )
    const { server, listen } = serve(app, { websocket: { server: new WebSocketServer({ noServer: true }) } })
    const port = await listen()
    expect(unguardedUpgrades(server)).toHaveLength(1)
    expect(await openSocket(port, '/acme/events')).toEqual([401, ''])
    expect(await openSocket(port, '/acme/events', await mint('globex'))).toEqual([403, ''])
    expect(await openSocket(port, '/acme/events', await mint('acme'))).toBe('hello alice')
  })
})
