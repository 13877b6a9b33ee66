// The recipes of docs/guides/browsers.md, with clients that send what browsers send.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { guardUpgrade } from '@writ/http'
import { createTestAuthority } from '@writ/testing'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer, WebSocket as WsClient } from 'ws'
import { capability, writ } from '../src/index.ts'

const APP = 'https://app.example'
const authority = await createTestAuthority()
const common = { keys: authority.publicKey, now: authority.now, anchor: 'service:events' }
const mint = (operation = 'read') =>
  authority.mint({ resource: 'events', operation, designations: { tenantId: 'acme' }, anchor: common.anchor })

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** The service of the guide: a sign-in that sets the cookie, a stream, and a write. */
async function service(tokenFrom?: Parameters<typeof writ>[0]['tokenFrom']) {
  const guard = writ({ ...common, tokenFrom })
  const events = guard.with({ resource: 'events', designate: ['tenantId'] })
  const app = express()
  app.post('/session/:operation', guard.public(), async (req, res) => {
    const token = await mint(req.params.operation as string)
    res.cookie('__Host-writ', token, { httpOnly: true, secure: true, sameSite: 'lax', path: '/' }).sendStatus(204)
  })
  app.get('/:tenantId/events', events(), (req, res) => {
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    res.write(`data: hello ${capability(req).subject}\n\n`)
  })
  app.post('/:tenantId/events', events(), (_req, res) => void res.sendStatus(202))
  return `http://127.0.0.1:${await listen(createServer(app))}`
}

/** The cookie that a browser has after it has signed in. */
async function signIn(url: string, operation = 'read'): Promise<string> {
  const { headers } = await fetch(`${url}/session/${operation}`, { method: 'POST' })
  const [cookie = ''] = headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-writ=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  return cookie.split(';')[0] ?? ''
}

/** The first message of a stream, or the status and the code of the answer. */
async function firstMessage(response: Response): Promise<string> {
  if (!response.ok) return `${response.status} ${((await response.json()) as { code: string }).code}`
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const { value } = (await reader?.read()) ?? {}
  await reader?.cancel()
  return String(value)
}

describe('a page with a cookie', () => {
  it('a page that has signed in opens a stream of events, and another page cannot write with its cookie', async () => {
    const url = await service({ cookie: '__Host-writ', allowedOrigins: [APP] })
    const stream = { accept: 'text/event-stream', cookie: `theme=dark; ${await signIn(url)}` }
    expect(await firstMessage(await fetch(`${url}/acme/events`, { headers: stream }))).toBe('data: hello alice\n\n')
    expect(await firstMessage(await fetch(`${url}/globex/events`, { headers: stream }))).toBe('403 wrong_designation')
    expect(await firstMessage(await fetch(`${url}/acme/events`))).toBe('401 missing_token')

    const cookie = await signIn(url, 'write')
    const write = async (headers: Record<string, string>) =>
      (await fetch(`${url}/acme/events`, { method: 'POST', headers: { cookie, ...headers } })).status
    expect(await write({ 'sec-fetch-site': 'same-origin' })).toBe(202)
    expect(await write({ 'sec-fetch-site': 'cross-site', origin: APP })).toBe(202)
    expect(await write({ 'sec-fetch-site': 'cross-site', origin: 'https://mallory.example' })).toBe(403)
    expect(await write({})).toBe(403)
  })

  it('a middleware that copies the cookie into req.headers is not heard, unless headersFrom says so', async () => {
    const build = async (headersFrom?: 'request') => {
      const guard = writ({ ...common, headersFrom, log: false })
      const app = express()
      app.use((req, _res, next) => {
        const [, token] = /session=([^;]+)/.exec(req.headers.cookie ?? '') ?? []
        if (token) req.headers.authorization = `Bearer ${token}`
        next()
      })
      app.get('/:tenantId/events', guard({ resource: 'events', designate: ['tenantId'] }), (_req, res) => {
        res.sendStatus(204)
      })
      return `http://127.0.0.1:${await listen(createServer(app))}/acme/events`
    }
    const headers = { cookie: `session=${await mint()}` }
    expect((await fetch(await build(), { headers })).status).toBe(401)
    expect((await fetch(await build('request'), { headers })).status).toBe(204)
    const repeated = { ...headers, authorization: 'Bearer x' }
    expect((await fetch(await build('request'), { headers: repeated })).status).toBe(204)
  })
})

it('a stream that is read with fetch presents its token in a header', async () => {
  const url = await service()
  const headers = { authorization: `Bearer ${await mint()}` }
  expect(await firstMessage(await fetch(`${url}/acme/events`, { headers }))).toBe('data: hello alice\n\n')
  expect(await firstMessage(await fetch(`${url}/globex/events`, { headers }))).toBe('403 wrong_designation')
})

describe('a WebSocket of a page', () => {
  async function sockets(tokenFrom: Parameters<typeof guardUpgrade>[1]['tokenFrom']) {
    const server = createServer()
    const known = new WebSocketServer({ noServer: true, handleProtocols: () => 'events' })
    guardUpgrade(server, {
      ...common,
      tokenFrom,
      routes: {
        '/:tenantId/events': {
          requirement: { resource: 'events', designate: ['tenantId'] },
          accept: (request, socket, head, found) =>
            known.handleUpgrade(request, socket, head, (client) => client.send(`hello ${found?.subject}`)),
        },
      },
    })
    return `ws://127.0.0.1:${await listen(server)}`
  }

  it('the WebSocket of a browser, which cannot set headers, presents its token as a subprotocol', async () => {
    const url = await sockets({ protocol: 'writ.' })
    const text = (await mint()).replaceAll('=', '')
    const opened = (path: string, ...protocols: string[]) => {
      // That of Node is the one that browsers have.
      const socket = new WebSocket(`${url}${path}`, protocols)
      return new Promise((resolve) => {
        socket.onmessage = ({ data }) => {
          socket.close()
          resolve(`${socket.protocol}: ${data}`)
        }
        socket.onerror = () => resolve('refused')
      })
    }
    expect(await opened('/acme/events', 'events', `writ.${text}`)).toBe('events: hello alice')
    expect(await opened('/globex/events', 'events', `writ.${text}`)).toBe('refused')
    expect(await opened('/acme/events', 'events')).toBe('refused')
  })

  it('a page of another site opens no WebSocket with the cookie of its visitor', async () => {
    const url = await sockets({ cookie: '__Host-writ', allowedOrigins: [APP] })
    const cookie = `__Host-writ=${encodeURIComponent(await mint())}`
    const opened = (origin: string) => {
      const socket = new WsClient(`${url}/acme/events`, ['events'], { origin, headers: { cookie } })
      return new Promise((resolve) => {
        socket.on('message', (data) => {
          socket.terminate()
          resolve(String(data))
        })
        socket.on('error', (error) => resolve(error.message))
      })
    }
    expect(await opened(APP)).toBe('hello alice')
    expect(await opened('https://mallory.example')).toBe('Unexpected server response: 403')
  })
})
