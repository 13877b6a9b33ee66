import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createUseLedger } from '@writ/core'
import { describe, expect, it, vi } from 'vitest'
import { guardWith, NOW, refusalFrom, token, view } from './support.ts'
import { connectTo, EVENTS, guarded, openSocket, sendUpgrade } from './support-upgrade.ts'

const PATH = '/acme/events/7'

/** Not by `once`, which takes the reset that goes before for a failure. */
const closed = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve))

describe('an upgrade that meets its requirement', () => {
  it('an upgrade that passes goes to accept, with its capability and the params of its path', async () => {
    const { port, accepted } = await guarded()
    expect(await openSocket(port, PATH, { token: await token() })).toMatchObject({ message: 'hello alice' })
    expect(accepted).toEqual([
      { path: PATH, subject: 'alice', attached: true, listeners: 1, params: { tenantId: 'acme', invoiceId: '7' } },
    ])
  })

  it('an upgrade is decided by the URL, decoded once', async () => {
    const { port, accepted } = await guarded()
    expect(await openSocket(port, '/%61cme/events/%37', { token: await token() })).toMatchObject({
      message: 'hello alice',
    })
    expect(accepted[0]?.params).toEqual({ tenantId: 'acme', invoiceId: '7' })
  })

  it('an upgrade may name its objects in the query, each once', async () => {
    const requirement = { resource: 'invoices', designate: { tenantId: 'tenantId', invoiceId: { query: 'id' } } }
    const { port } = await guarded({}, requirement)
    const presented = { token: await token() }
    expect(await openSocket(port, '/acme/events/x?id=7', presented)).toMatchObject({ message: 'hello alice' })
    expect(await openSocket(port, '/acme/events/x?id=7&id=8', presented)).toMatchObject({ status: 400 })
  })

  it('an upgrade may meet one of several requirements, or none where the route is public', async () => {
    const { port } = await guarded({}, [{ ...EVENTS, subject: 'bob' }, EVENTS])
    expect(await openSocket(port, PATH, { token: await token() })).toMatchObject({ message: 'hello alice' })
    expect(await openSocket(port, '/healthz')).toMatchObject({ message: 'hello undefined' })
  })

  it('an upgrade is one use of a single-use capability', async () => {
    const singleUse = createUseLedger({ now: () => NOW })
    const { port } = await guarded({ singleUse })
    const presented = { token: await token({ singleUse }) }
    expect(await openSocket(port, PATH, presented)).toMatchObject({ message: 'hello alice' })
    expect((await openSocket(port, PATH, presented)).body).toContain('already_used')
  })

  it('an upgrade continues in report mode, even if it would be refused', async () => {
    const onDecision = vi.fn()
    const { port } = await guarded({ mode: 'report', onDecision })
    expect(await openSocket(port, PATH)).toMatchObject({ message: 'hello undefined' })
    expect(onDecision.mock.calls[0]?.[0]).toMatchObject({ allowed: false, code: 'missing_token' })
  })
})

describe('an upgrade that is refused', () => {
  it.each([
    ['without a credential', PATH, async () => undefined],
    ['with a malformed token', PATH, async () => 'nonsense'],
    ['for another object', '/globex/events/7', () => token()],
    ['for another resource', PATH, () => token({ resource: 'orders' })],
    ['for another service', PATH, () => token({ anchor: 'service:orders' })],
  ])('a refused upgrade is answered like an HTTP request, and accept does not run: %s', async (_name, path, mint) => {
    const presented = await mint()
    const { port, accepted } = await guarded()
    const authorization = presented === undefined ? [] : [`Bearer ${presented}`]
    const params = { tenantId: path.split('/')[1], invoiceId: '7' }
    const http = await refusalFrom(guardWith()(view({ authorization, params })))
    const answer = await openSocket(port, path, presented === undefined ? {} : { token: presented })
    const lowerCase = Object.entries(http?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
    expect(answer).toEqual({
      status: http?.status,
      body: http?.body,
      headers: {
        ...Object.fromEntries(lowerCase),
        connection: 'close',
        'content-length': String(http?.body.length),
        date: expect.stringMatching(/GMT$/),
      },
    })
    expect(accepted).toEqual([])
  })

  it.each([
    '/',
    '/acme/events',
    '/acme/events/7/',
    '/acme/Events/7',
    '/acme/%65vents/7',
    '//events/7',
    '/acme/events/',
    '/acme/events/%zz',
    '/acme/events/%ff',
    '/acme/events/..',
    '/%2e%2e/events/7',
    '/acme\\/events/7',
    '/acme/events/7#',
    '/acme/events/7#/',
    '/healthz/',
    '/__proto__',
    '*',
  ])('an upgrade on a path that no route matches is answered 404, even with a good token: %s', async (target) => {
    const { port, accepted } = await guarded()
    const socket = await sendUpgrade(port, target, [`Authorization: Bearer ${await token()}`])
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 404 \r\nContent-Type: application\/problem\+json; charset=utf-8\r\n/)
    expect(answer).toMatch(/\r\n\r\n\{"type":"about:blank","title":"Not Found","status":404\}$/)
    expect(accepted).toEqual([])
  })

  it('an upgrade by another method is a write, and HEAD is answered without a body', async () => {
    const { port } = await guarded()
    const credential = [`Authorization: Bearer ${await token()}`]
    expect(await text(await sendUpgrade(port, PATH, credential, 'POST'))).toContain('"code":"wrong_operation"')
    const answer = await text(await sendUpgrade(port, PATH, [], 'HEAD'))
    expect(answer).toMatch(/^HTTP\/1\.1 401 \r\n/)
    expect(answer).toMatch(/\r\n\r\n$/)
  })

  it('onRefusal customises the answer to an upgrade, but not where it ends', async () => {
    const headers = {
      'X-Hint': 'caf\u00e9',
      'content-length': '1',
      'Transfer-Encoding': 'chunked',
      Connection: 'keep-alive',
    }
    const { port } = await guarded({ onRefusal: () => ({ status: 418, headers, body: 'caf\u00e9' }) })
    const answer = await openSocket(port, PATH)
    expect(answer).toMatchObject({ status: 418, body: 'caf\u00e9' })
    expect(answer.headers).toMatchObject({ 'x-hint': 'caf\u00e9', 'content-length': '5', connection: 'close' })
    expect(answer.headers).not.toHaveProperty('transfer-encoding')
  })

  it('a refused upgrade is closed by the server, even if the client neither reads nor leaves', async () => {
    // Nothing that waits would close it.
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const { server, port } = await guarded()
      const connected = once(server, 'connection') as Promise<[Socket]>
      await sendUpgrade(port, PATH)
      const [socket] = await connected
      await closed(socket)
      expect(socket.destroyed).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  it('a refused upgrade is closed after five seconds if the client does not read an earlier answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const decided = Promise.withResolvers<void>()
      const { server, port } = await guarded({ onDecision: () => decided.resolve() })
      server.removeAllListeners('request').on('request', (_request, response) => response.end(Buffer.alloc(64_000_000)))
      const connected = once(server, 'connection') as Promise<[Socket]>
      const client = await connectTo(port)
      client.pause()
      const plain = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
      client.write(`${plain}GET ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
      const [socket] = await connected
      await decided.promise
      await new Promise(setImmediate)
      await vi.advanceTimersByTimeAsync(4999)
      expect(socket.destroyed).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(socket.destroyed).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a client that breaks off', () => {
  it('a client that breaks off during the decision is not handed to accept', async () => {
    const deciding = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<boolean>()
    const decided = Promise.withResolvers<void>()
    const isRevoked = () => {
      deciding.resolve()
      return answered.promise
    }
    const { server, port, accepted } = await guarded({ revocation: { isRevoked }, onDecision: () => decided.resolve() })
    const connected = once(server, 'connection') as Promise<[Socket]>
    const client = await sendUpgrade(port, PATH, [`Authorization: Bearer ${await token()}`])
    const [socket] = await connected
    await deciding.promise
    client.resetAndDestroy()
    await closed(socket)
    answered.resolve(false)
    await decided.promise
    await new Promise(setImmediate)
    expect(accepted).toEqual([])
  })
})

describe('accept that throws', () => {
  it('an accept that throws ends the process like any listener, after its socket is closed', async () => {
    const script = `
      import { connect } from 'node:net'
      import { createServer } from 'node:http'
      import { generateKeyPair } from '@writ/core'
      import { guardUpgrade } from '../src/index.ts'
      const { publicKey } = await generateKeyPair()
      const server = createServer()
      const accept = (request, socket) => {
        socket.on('close', () => console.log('closed'))
        throw new Error('accept failed')
      }
      guardUpgrade(server, { keys: publicKey, anchor: null, routes: { '/': { requirement: 'public', accept } } })
      process.on('uncaughtException', (error) => {
        console.log(error.message)
        server.close()
      })
      server.listen(0, '127.0.0.1', () => {
        const client = connect(server.address().port, '127.0.0.1')
        client.on('error', () => {})
        client.write('GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n')
      })`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
    })
    expect(stdout.trim().split('\n').sort()).toEqual(['accept failed', 'closed'])
  })
})

describe('a token among the subprotocols', () => {
  const tokenFrom = { protocol: 'writ.' }
  const unpadded = async () => `writ.${(await token()).replace(/=+$/, '')}`

  it('a token among the subprotocols is found, and accept sees only the other subprotocols', async () => {
    const { port } = await guarded({ tokenFrom })
    for (const protocols of [
      ['events', await unpadded()],
      [await unpadded(), 'events'],
    ])
      expect(await openSocket(port, PATH, { protocols })).toEqual({ message: 'hello alice', protocol: 'events' })
  })

  it.each([
    ['absent', 401, 'missing_token', () => ['events']],
    ['repeated', 403, 'malformed_token', (own: string) => [own, `${own}A`]],
    ['in another case', 401, 'missing_token', (own: string) => [own.replace('writ', 'Writ')]],
  ])('a token among the subprotocols is refused where it is %s', async (_what, status, code, protocolsOf) => {
    const { port } = await guarded({ tokenFrom })
    const answer = await openSocket(port, PATH, { protocols: protocolsOf(await unpadded()), token: await token() })
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(`"code":"${code}"`)
  })
})
