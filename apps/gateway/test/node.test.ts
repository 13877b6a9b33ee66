import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { assertGuarded } from '@writ/hono'
import { createTestAuthority } from '@writ/testing'
import { startAuthority } from 'policy/testing'
import { type Listening, listen } from 'service-kit/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Bindings } from '../src/bindings.ts'
import { connect } from '../src/connect.ts'
import { type CreateAppOptions, createApp } from '../src/create-app.ts'
import { call, signIn } from './support/client.ts'
import { createBindings } from './support/create-bindings.ts'
import { gatewaySuite } from './support/gateway-suite.ts'
import { startOrders } from './support/start-orders.ts'

type Options = Omit<CreateAppOptions, 'connectionOf'>

async function serve(bindings: Bindings, options: Options = {}): Promise<Listening> {
  const connection = connect(bindings, { background: true, now: options.now })
  await connection.settled()
  const app = createApp({ connectionOf: () => connection, ...options })
  const { url, close } = await listen(
    createAdaptorServer({ fetch: (request) => app.fetch(request, bindings) }) as Server,
  )
  return {
    url,
    async close() {
      await close()
      await connection.close()
    },
  }
}

/** For what needs none. */
const noConnection = (): never => {
  throw new Error('there is no connection')
}

describe('on Node', () => {
  gatewaySuite((bindings, timeoutMs) => serve(bindings, { timeoutMs }))
})

describe('the gateway', () => {
  /** A gateway with a recording log, on the clock of its authority, until the test ends. */
  async function startGateway() {
    const authority = await createTestAuthority()
    const orders = await startOrders()
    onTestFinished(orders.close)
    const log: Readonly<Record<string, unknown>>[] = []
    const issuer = await startAuthority({ keys: authority, now: authority.now })
    onTestFinished(issuer.close)
    const bindings = await createBindings(issuer, orders.url)
    const { url, close } = await serve(bindings, { now: authority.now, log: (entry) => void log.push(entry) })
    onTestFinished(close)
    return { authority, orders, bindings, log, url }
  }

  it('the gateway has no route without a guard', () => {
    expect(() => assertGuarded(createApp({ connectionOf: noConnection }))).not.toThrow()
  })

  it('a session ends an hour after it began, also for a copied cookie', async () => {
    const { authority, url } = await startGateway()
    const headers = await signIn(url, 'acme', 'alice')
    authority.advance(3599)
    expect((await call(url, 'GET', '/orders/o-1', { headers })).status).toBe(200)
    authority.advance(1)
    expect((await call(url, 'GET', '/orders/o-1', { headers })).status).toBe(401)
  })

  it('the gateway logs each decision about a partner and each failure of orders, and never a token or a cookie', async () => {
    const { authority, orders, log, url } = await startGateway()
    const token = await authority.mint({
      subject: 'partner:globex',
      resource: 'orders',
      operation: 'read',
      anchor: 'service:gateway',
      rootKeyId: 1,
      designations: { tenantId: 'acme', orderId: 'o-1' },
    })
    const headers = { ...(await signIn(url, 'acme', 'alice')), ...authority.headersFor(token) }
    await call(url, 'GET', '/partners/acme/orders/o-1', { headers })
    await call(url, 'GET', '/partners/globex/orders/o-1', { headers })
    orders.answerWith((_req, res) => void res.writeHead(403).end())
    await call(url, 'GET', '/orders/o-1', { headers })

    const decided = {
      ...{ service: 'gateway', resource: 'orders', operation: 'read' },
      ...{ subject: 'partner:globex', enforced: true },
    }
    const wrong = { code: 'wrong_designation', label: 'tenantId', expected: 'acme', actual: 'globex' }
    expect(log).toEqual([
      { ...decided, decision: 'allowed', durationMs: expect.any(Number), request: 'GET /partners/acme/orders/o-1' },
      {
        ...decided,
        decision: 'refused',
        ...wrong,
        durationMs: expect.any(Number),
        request: 'GET /partners/globex/orders/o-1',
      },
      { service: 'gateway', failed: 'Problem: orders answered 403', causes: [] },
    ])
    const text = JSON.stringify([log, orders.requests.map(({ url, body }) => ({ url, body }))])
    for (const credential of [token, headers.cookie]) expect(text).not.toContain(credential)
  })

  it('the gateway marks the cookie Secure where there is TLS', async () => {
    const { bindings } = await startGateway()
    const response = await createApp({ connectionOf: noConnection }).request(
      'https://shop.example/session',
      {
        method: 'POST',
        headers: { origin: 'https://shop.example', 'content-type': 'application/json' },
        body: '{"tenantId":"acme","userId":"alice"}',
      },
      bindings,
    )
    expect(response.headers.get('set-cookie')).toMatch(/; HttpOnly; Secure; SameSite=Strict$/)
  })

  it('the gateway answers 502 when orders does not listen', async () => {
    const { bindings } = await startGateway()
    const gone = await startOrders()
    await gone.close()
    const { url, close } = await serve({ ...bindings, ORDERS_URL: gone.url })
    onTestFinished(close)
    const answer = await call(url, 'GET', '/orders/o-1', { headers: await signIn(url, 'acme', 'alice') })
    expect(answer).toMatchObject({ status: 502, body: { detail: 'orders could not be called' } })
  })

  it.each([
    ['WRIT_PUBLIC_KEY', 'ed25519/00'],
    ['ORDERS_URL', 'orders'],
    ['WRIT_AUTHORITY_URL', 'authority'],
    ['WRIT_SECRET', undefined],
    ['SESSION_SECRET', 'short'],
  ])('the gateway answers 500 when %s is %j, and logs which it is', async (name, value) => {
    const { bindings } = await startGateway()
    const log: Readonly<Record<string, unknown>>[] = []
    const app = createApp({ connectionOf: noConnection, log: (entry) => void log.push(entry) })
    const wrong = { ...bindings, [name]: value }
    const { url, close } = await listen(
      createAdaptorServer({ fetch: (request) => app.fetch(request, wrong) }) as Server,
    )
    onTestFinished(close)
    expect(await call(url, 'GET', '/healthz')).toMatchObject({
      status: 500,
      body: { type: 'about:blank', title: 'Internal Server Error', status: 500 },
    })
    expect(log).toMatchObject([{ service: 'gateway', failed: expect.stringContaining(`TypeError: ${name}: must be `) }])
  })
})
