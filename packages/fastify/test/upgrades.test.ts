import { type IncomingMessage, request as open } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import websocket from '@fastify/websocket'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { writ } from '../src/index.ts'
import { collectWarnings } from './collect-warnings.ts'
import { authority, options, tokenFor } from './support.ts'

const capability = { resource: 'files', designate: ['tenantId'] } as const
const acme = await tokenFor()

const warningsOf = collectWarnings()

let app: FastifyInstance
afterEach(() => app.close())

/** Asks for an upgrade of a real connection, and tells what came of it. */
async function upgrade(path: string, token?: string): Promise<string> {
  const { port } = app.server.address() as AddressInfo
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    ...(token && authority.headersFor(token)),
  }
  return new Promise((resolve, reject) => {
    const request = open({ port, path, headers, agent: false })
    request.on('upgrade', (response: IncomingMessage, socket: Duplex, head: Buffer) => {
      const finish = (frame: Buffer) => {
        socket.destroy()
        resolve(`${response.statusCode} ${frame.subarray(2)}`)
      }
      if (head.length > 0) finish(head)
      else socket.once('data', finish)
    })
    request.on('response', (response) => {
      // Nobody serves the connection any more: it must not stay open.
      response.socket.on('close', () => resolve(`${response.statusCode} ${response.headers['www-authenticate']}`))
      response.resume()
    })
    request.on('error', reject).end()
  })
}

describe.each(['before', 'after'] as const)('@fastify/websocket, registered %s the guard', (order) => {
  async function build(prepare?: (server: FastifyInstance['server']) => unknown) {
    const opened: string[] = []
    app = fastify()
    if (order === 'before') await app.register(websocket)
    await app.register(writ, options)
    if (order === 'after') await app.register(websocket)
    const handler = (socket: { send(data: string): void }, request: { url: string }) => {
      opened.push(request.url)
      socket.send('hello')
    }
    app.get('/:tenantId/events', { websocket: true, config: { capability } }, handler)
    app.get('/news', { websocket: true, config: { capability: 'public' } }, handler)
    prepare?.(app.server)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return opened
  }

  it('a WebSocket route opens for a token of its object, and refuses any other upgrade', async () => {
    const opened = await build()
    expect(await upgrade('/acme/events')).toBe('401 Bearer realm="writ"')
    expect(await upgrade('/globex/events', acme)).toBe(
      '403 Bearer realm="writ", error="insufficient_scope", scope="files:read"',
    )
    expect(opened).toEqual([])
    expect(await upgrade('/acme/events', acme)).toBe('101 hello')
    expect(opened).toEqual(['/acme/events'])
  })

  it('a public WebSocket route opens for everybody', async () => {
    await build()
    expect(await upgrade('/news')).toBe('101 hello')
  })

  it('the listener of @fastify/websocket causes no warning', async () => {
    await build()
    expect(app.server.listeners('upgrade')).toHaveLength(1)
    expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([])
  })

  it('a listener beside that of @fastify/websocket is named in a warning', async () => {
    await build((server) => server.on('upgrade', function openToAll() {}))
    expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([
      'Nothing guards these listeners for "upgrade" on fastify.server: openToAll',
    ])
  })
})

it('a listener that is called as that of @fastify/websocket is named in a warning where the plugin is not registered', async () => {
  app = fastify()
  await app.register(writ, options)
  await app.ready()
  app.server.on('upgrade', function onUpgrade() {})
  await app.listen({ port: 0, host: '127.0.0.1' })
  expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([
    'Nothing guards these listeners for "upgrade" on fastify.server: onUpgrade',
  ])
})

it('a listener is named in one warning where the guard is registered in two plugins', async () => {
  app = fastify()
  for (const prefix of ['/a', '/b']) {
    await app.register(
      async (scope) => {
        await scope.register(writ, options)
      },
      { prefix },
    )
  }
  app.server.on('upgrade', function openToAll() {})
  await app.listen({ port: 0, host: '127.0.0.1' })
  expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toHaveLength(1)
})

it('a WebSocket route that declares nothing is named at start-up', async () => {
  app = fastify()
  await app.register(websocket)
  await app.register(writ, options)
  app.get('/events', { websocket: true }, (socket) => socket.send('hello'))
  await expect(app.ready()).rejects.toThrow('GET,HEAD /events is not guarded')
})

it('an upgrade listener of the app on fastify.server is not guarded, and a warning says so', async () => {
  app = fastify()
  await app.register(writ, options)
  app.get('/:tenantId/events', { config: { capability } }, async () => 'ok')
  app.server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    socket.end(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello',
      'latin1',
    )
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  expect(await upgrade('/acme/events')).toBe('101 hello')
  expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([
    'Nothing guards these listeners for "upgrade" on fastify.server: anonymous',
  ])
})
