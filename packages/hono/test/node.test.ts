import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ServerType, serve, upgradeWebSocket } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { serveStatic } from '@hono/node-server/serve-static'
import { createTestAuthority } from '@writ/testing'
import { type Context, Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { assertGuarded, type RequestView, type WritOptions, writ } from '../src/index.ts'

const authority = await createTestAuthority()
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const guard = writ(options)
const files = { resource: 'files', designate: ['tenantId'] }
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const credentials = authority.headersFor(token)

const servers: ServerType[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

/** The app on a server of @hono/node-server, with WebSockets. */
async function listen(app: Hono): Promise<{ server: ServerType; port: number }> {
  const websocket = { server: new WebSocketServer({ noServer: true }) as never }
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', websocket })
  servers.push(server)
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** What a client gets that asks for a WebSocket: the echo of a message, or the answer that refuses it. */
async function knock(url: string, headers: Record<string, string> = {}): Promise<string> {
  const socket = new WebSocket(url, { headers })
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => socket.send('hello'))
    socket.on('message', (data) => {
      socket.close()
      socket.on('close', () => resolve(String(data)))
    })
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      resolve(`${response.statusCode} ${response.headers['www-authenticate']} ${response.headers['cache-control']}`)
    })
  })
}

describe('upgradeWebSocket of @hono/node-server', () => {
  const build = (used: WritOptions) => {
    const opened: string[] = []
    const app = new Hono().get(
      '/:tenantId',
      writ(used)(files),
      upgradeWebSocket((c) => {
        opened.push(c.req.path)
        return { onMessage: (event, socket) => socket.send(`${event.data}`) }
      }),
    )
    assertGuarded(app)
    return { app, opened }
  }

  it('upgradeWebSocket of @hono/node-server on a guarded route opens only for a capability of that object', async () => {
    const { app, opened } = build(options)
    const { port } = await listen(app)
    const url = `ws://127.0.0.1:${port}`
    expect(await knock(`${url}/acme`)).toBe('401 Bearer realm="writ" no-store')
    expect(await knock(`${url}/globex`, credentials)).toBe(
      '403 Bearer realm="writ", error="insufficient_scope", scope="files:read" no-store',
    )
    expect(await knock(`${url}/acme`, { authorization: 'Bearer x' })).toMatch(/^403 /)
    expect(opened).toEqual([])
    expect(await knock(`${url}/acme`, credentials)).toBe('hello')
    expect(opened).toEqual(['/acme'])
  })

  it('upgradeWebSocket of @hono/node-server opens with a token in its own header', async () => {
    const { port } = await listen(build({ ...options, tokenFrom: { header: 'x-capability' } }).app)
    expect(await knock(`ws://127.0.0.1:${port}/acme`, { 'x-capability': token })).toBe('hello')
    expect(await knock(`ws://127.0.0.1:${port}/acme`, credentials)).toMatch(/^401 /)
  })

  it('assertGuarded reports an upgradeWebSocket route that nothing guards', () => {
    const app = new Hono().get(
      '/',
      upgradeWebSocket(() => ({})),
    )
    expect(() => assertGuarded(app)).toThrow('GET / (upgradeWebSocket) is not guarded')
  })
})

describe('a WebSocket server that listens on the HTTP server itself', () => {
  it('a WebSocket server on the HTTP server itself opens connections without any guard', async () => {
    const runs: string[] = []
    const app = new Hono().use(guard(files), async (c) => c.text(String(runs.push(c.req.path))))
    const { server, port } = await listen(app)
    const sockets = new WebSocketServer({ server: server as never, path: '/raw' })
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))))
    expect(await knock(`ws://127.0.0.1:${port}/raw`)).toBe('hello')
    expect(runs).toEqual([])
    sockets.close()
  })
})

describe('on @hono/node-server', () => {
  it('on Node, options that are a function are asked for by every request, because each has its own c.env', async () => {
    let asked = 0
    const dynamic = writ((c) => {
      asked += 1
      return { ...options, realm: typeof c.env }
    })
    const app = new Hono().get('/:tenantId', dynamic(files), dynamic(files), (c) => c.text('ok'))
    const { port } = await listen(app)
    for (const _ of [1, 2, 3])
      expect((await fetch(`http://127.0.0.1:${port}/acme`, { headers: credentials })).status).toBe(200)
    expect(asked).toBe(3)
  })

  it('a designate function gets the address of the caller by getConnInfo', async () => {
    const local = await authority.mint({ resource: 'files', operation: 'read', designations: { ip: '127.0.0.1' } })
    const byAddress = guard({
      resource: 'files',
      designate: { ip: (_request, c) => getConnInfo(c as Context).remote.address },
    })
    const { port } = await listen(new Hono().get('/', byAddress, (c) => c.text('ok')))
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { ...authority.headersFor(local), 'x-forwarded-for': '10.0.0.1' },
    })
    expect(response.status).toBe(200)
  })

  it('a guard sees every value of a repeated query parameter, and a repeated header as one joined value', async () => {
    const seen: unknown[] = []
    const designate = {
      tenantId: ({ query, header }: RequestView) => {
        seen.push(query.getAll('id'), header('x-id'), header('x-none'))
        return 'acme'
      },
    }
    const app = new Hono().get('/', guard({ resource: 'files', designate }), (c) => c.text('ok'))
    const { port } = await listen(app)
    const sent = request({
      port,
      host: '127.0.0.1',
      path: '/?id=1&id=2&%69d=3',
      headers: { ...credentials, 'X-Id': ['1', '2'] },
    })
    const [response] = await once(sent.end(), 'response')
    response.resume()
    expect([response.statusCode, ...seen]).toEqual([200, ['1', '2', '3'], ['1, 2'], []])
  })

  it('serveStatic serves files behind the guard, and assertGuarded reports it where nothing guards it', async () => {
    const root = import.meta.dirname
    const build = (app: Hono) => app.get('/:tenantId/:file', serveStatic({ root, path: 'worker/worker.ts' }))
    const app = build(new Hono().use('/:tenantId/*', guard(files)))
    assertGuarded(app)
    expect(() => assertGuarded(build(new Hono()))).toThrow('GET /:tenantId/:file (anonymous) is not guarded')
    const { port } = await listen(app)
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { ...credentials, range: 'bytes=0-3' },
      })
      return [response.status, (await response.text()).length]
    }
    expect(await get('/acme/a')).toEqual([206, 4])
    expect(await get('/globex/a')).toEqual([403, expect.any(Number)])
  })

  it('a request that is refused after its client went away runs nothing', async () => {
    const runs: string[] = []
    const [asked, gone, finished] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as [
      PromiseWithResolvers<void>,
      PromiseWithResolvers<void>,
      PromiseWithResolvers<void>,
    ]
    const waiting = writ({
      ...options,
      onDecision: () => {
        asked.resolve()
        return gone.promise
      },
    })
    const app = new Hono().use(async (c, next) => {
      c.req.raw.signal.addEventListener('abort', () => gone.resolve())
      await next()
      finished.resolve()
    })
    app.get('/:tenantId', waiting(files), (c) => c.text(String(runs.push(c.req.path))))
    const { port } = await listen(app)
    const client = new AbortController()
    const answer = fetch(`http://127.0.0.1:${port}/globex`, { headers: credentials, signal: client.signal })
    await asked.promise
    client.abort()
    await expect(answer).rejects.toThrow('aborted')
    await finished.promise
    expect(runs).toEqual([])
  })
})
