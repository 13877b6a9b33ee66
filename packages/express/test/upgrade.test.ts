import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { guardUpgrade, unguardedUpgrades } from '@writ/http'
import { createTestAuthority } from '@writ/testing'
import express from 'express'
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

/** The server of an app that guards its routes, before it listens: what `app.listen` makes. */
async function start() {
  const app = express()
  const guard = writ(options)
  app.get('/:tenantId/events', guard({ resource: 'events', designate: ['tenantId'] }), (_req, res) => void res.json([]))
  const server = createServer(app)
  const listen = async () => {
    server.listen(0, '127.0.0.1')
    closing.push(() => server.close())
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  return { app, server, listen }
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

describe('WebSockets on the server of a guarded Express app', () => {
  it('WebSockets are open to everybody where a WebSocketServer listens, and assertGuarded names its listener', async () => {
    const { app, server, listen } = await start()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (client) => client.send('come in'))
    expect(await openSocket(await listen(), '/acme/events')).toBe('come in')
    expect(unguardedUpgrades(server)).toHaveLength(1)
    assertGuarded(app)
    expect(() => assertGuarded(app, { server })).toThrow(
      new TypeError(
        'app: not every route is guarded\n  upgrade (upgrade) is not guarded: use guardUpgrade, or name it in opaque',
      ),
    )
  })

  it('assertGuarded accepts a listener that opaque names, by function or by name, and reports any other', async () => {
    const { app, server } = await start()
    server.on('upgrade', function devReload() {})
    for (const opaque of [['devReload'], server.listeners('upgrade') as (() => unknown)[]])
      assertGuarded(app, { server, opaque })
    server.on('upgrade', () => {})
    expect(() => assertGuarded(app, { server, opaque: ['devReload'] })).toThrow(/upgrade \(anonymous\) is not guarded/)
  })

  it.each([null, {}, 'localhost', createServer])('assertGuarded throws for %s in place of a server', async (wrong) => {
    const { app } = await start()
    expect(() => assertGuarded(app, { server: wrong as never })).toThrow(
      new TypeError('server: must be an HTTP server'),
    )
  })

  it('WebSockets open only for a good token where guardUpgrade listens, and routes answer as before', async () => {
    const { app, server, listen } = await start()
    const sockets = new WebSocketServer({ noServer: true })
    guardUpgrade(server, {
      ...options,
      routes: {
        '/:tenantId/events': {
          requirement: { resource: 'events', designate: ['tenantId'] },
          accept: (request, socket, head) =>
            sockets.handleUpgrade(request, socket, head, (client) =>
              client.send(`hello ${capability(request).subject}`),
            ),
        },
      },
    })
    expect(unguardedUpgrades(server)).toEqual([])
    assertGuarded(app, { server })
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

describe('the server that app.listen returns', () => {
  it('guardUpgrade guards the server that app.listen returns', async () => {
    const server = express().listen(0, '127.0.0.1')
    closing.push(() => server.close())
    guardUpgrade(server, { ...options, routes: {} })
    await once(server, 'listening')
    expect(await openSocket((server.address() as AddressInfo).port, '/')).toEqual([404, undefined])
  })
})
