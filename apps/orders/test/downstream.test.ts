import { createServer, type RequestListener } from 'node:http'
import { revocationIds } from '@writ/core'
import { listen, send } from 'service-kit/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ITEM, pathOf, startSystem, verdict } from './support/start-system.ts'

const { userId: _, ...OBJECT } = ITEM
const STOCK = { resource: 'stock', operation: 'reserve' }
const INVOICES = { resource: 'invoices', operation: 'write' }
const RESERVATION = '/acme/orders/o-1/reservations/tea'
const LINE = '/acme/orders/o-1/items/tea'

/** A service that answers every request alike. */
const answering = (status: number, body: string, headers: Record<string, string> = {}): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, headers).end(body)
  }
}
const failed = (status: number, detail: string) => ({
  status,
  body: {
    type: 'about:blank',
    title: { 502: 'Bad Gateway', 504: 'Gateway Timeout', 409: 'Conflict' }[status],
    status,
    detail,
  },
})

describe('what orders sends to inventory and billing', () => {
  it('orders sends each service a capability of its own, and nothing that it received', async () => {
    const { call, tokenFor, received } = await startSystem()
    const token = await tokenFor('write', { ...ITEM })
    const headers = { cookie: 'session=alice', 'x-tenant-id': 'globex', forwarded: 'host=globex' }
    await call('PUT', pathOf(ITEM), { token, body: { quantity: 2 }, headers })
    expect(received).toMatchObject([
      { service: 'inventory', method: 'PUT', url: RESERVATION },
      { service: 'billing', method: 'PUT', url: LINE },
    ])
    const [stock, invoices] = received
    expect(new Set([token, stock?.token, invoices?.token]).size).toBe(3)
    for (const { headers: sent } of received) {
      expect(sent['authorization']).toMatch(/^Bearer [\w-]+={0,2}$/)
      const text = JSON.stringify(sent)
      for (const secret of [token, 'alice', 'globex']) expect(text).not.toContain(secret)
    }
  })

  it.each([
    ['inventory', STOCK, 'billing'],
    ['billing', INVOICES, 'inventory'],
  ] as const)(
    'is, for %s, good there, for one tenant, order and SKU, and for ten seconds',
    async (service, right, other) => {
      const system = await startSystem()
      await system.put(ITEM)
      const token = system.received.find((one) => one.service === service)?.token ?? ''
      const says = (designations: Record<string, string> = OBJECT, at: string = service) =>
        verdict(system, token, `service:${at}`, { ...right, designations })

      expect(await says()).toBe('allowed')
      for (const at of [other, 'orders']) expect(await says(OBJECT, at)).toBe('wrong_anchor')
      for (const label of ['tenantId', 'orderId', 'sku']) {
        expect(await says({ ...OBJECT, [label]: 'other' })).toBe('wrong_designation')
      }
      system.authority.advance(9)
      expect(await says()).toBe('allowed')
      system.authority.advance(1)
      expect(await says()).toBe('expired')
    },
  )

  it('a stolen downstream capability is refused by every other service, for every other object, and when it has expired', async () => {
    const { put, received, urls, authority } = await startSystem()
    await put(ITEM)
    const [stock = '', invoices = ''] = received.map(({ token }) => token)
    const attempt = async (service: keyof typeof urls, path: string, token: string, method = 'PUT') => {
      const body = method === 'PUT' ? { quantity: 1, ...(service === 'billing' ? { unitCents: 1 } : {}) } : undefined
      const answer = await send(urls[service], method, path, { token, body })
      return answer.status === 200 ? 'allowed' : answer.body.code
    }
    expect(await attempt('inventory', RESERVATION, stock)).toBe('allowed')
    expect(await attempt('billing', LINE, invoices)).toBe('allowed')

    for (const [from, to] of [
      ['acme', 'globex'],
      ['o-1', 'o-2'],
      ['tea', 'milk'],
    ] as const) {
      expect(await attempt('inventory', RESERVATION.replace(from, to), stock)).toBe('wrong_designation')
      expect(await attempt('billing', LINE.replace(from, to), invoices)).toBe('wrong_designation')
    }
    expect(await attempt('billing', LINE, stock)).toBe('wrong_resource')
    expect(await attempt('inventory', RESERVATION, invoices)).toBe('wrong_resource')
    expect(await attempt('orders', pathOf(ITEM), stock)).toBe('wrong_resource')
    expect(await attempt('orders', pathOf(ITEM), invoices)).toBe('wrong_resource')
    expect(await attempt('inventory', '/acme/stock/tea', stock, 'GET')).toBe('wrong_operation')
    expect(await attempt('billing', '/acme/invoices', invoices, 'GET')).toBe('wrong_operation')

    authority.advance(10)
    expect(await attempt('inventory', RESERVATION, stock)).toBe('expired')
    expect(await attempt('billing', LINE, invoices)).toBe('expired')
  })

  it.each([
    ['in the body', { body: { quantity: 2, tenantId: 'globex' } }, 400],
    ['in a second quantity', { body: '{"quantity":2,"quantity":{"tenantId":"globex"}}' }, 400],
    ['in the query', { query: '?tenantId=globex&orderId=o-9&sku=gold' }, 200],
    ['in a header', { headers: { 'x-tenant-id': 'globex', host: 'globex', 'x-original-url': '/globex' } }, 200],
    ['behind dots', { path: '/acme/users/alice/../../../globex/users/alice/orders/o-1/items/tea' }, 404],
    ['before dots', { path: '/globex/../acme/users/alice/orders/o-1/items/tea' }, 404],
    ['in encoded dots', { path: '/acme/users/alice/orders/%2e%2e%2fglobex/items/tea' }, 403],
    ['by a second slash', { path: '//globex/users/alice/orders/o-1/items/tea' }, 404],
    ['in a whole URL', { path: 'http://globex/globex/users/alice/orders/o-1/items/tea' }, 403],
    ['by a parameter of the path', { path: '/acme;tenantId=globex/users/alice/orders/o-1/items/tea' }, 403],
    ['in capital letters', { path: '/ACME/users/alice/orders/o-1/items/tea' }, 403],
    ['encoded twice', { path: '/%2561cme/users/alice/orders/o-1/items/tea' }, 403],
    ['with a NUL', { path: '/acme%00globex/users/alice/orders/o-1/items/tea' }, 403],
  ])(
    'a downstream capability has the tenant of the token if the request names another: %s',
    async (_name, trick, status) => {
      const { call, tokenFor, received, available } = await startSystem()
      const {
        path = pathOf(ITEM),
        query = '',
        body = { quantity: 2 },
        headers = {},
      } = trick as {
        readonly [key in 'path' | 'query']?: string
      } & { readonly body?: unknown; readonly headers?: Record<string, string> }
      const token = await tokenFor('write', { ...ITEM })
      expect((await call('PUT', `${path}${query}`, { token, body, headers })).status).toBe(status)
      expect(received.map(({ url }) => url)).toEqual(status === 200 ? [RESERVATION, LINE] : [])
      expect(await available({ ...ITEM, tenantId: 'globex' })).toBe(5000)
    },
  )
})

describe('where inventory or billing fails', () => {
  it.each(['inventory', 'billing'] as const)(
    'a refusal of %s is 502, with its name and nothing else of it',
    async (service) => {
      const secret = '{"code":"wrong_designation","token":"c2VjcmV0"}'
      const { put, received, log } = await startSystem({
        [service]: answering(403, secret, { 'x-secret': 'c2VjcmV0' }),
      })
      const answer = await put(ITEM)
      expect(answer).toMatchObject(failed(502, `${service} answered 403`))
      expect(JSON.stringify([answer.body, [...answer.headers]])).not.toContain('c2VjcmV0')
      expect(answer.headers.has('www-authenticate')).toBe(false)
      expect(log).toContainEqual({ service: 'orders', failed: `Problem: ${service} answered 403`, causes: [] })
      for (const { token } of received) expect(JSON.stringify([log, answer.body])).not.toContain(token)
    },
  )

  it('orders answers 502 if the authority does not know it, mints nothing for it, or does not answer', async () => {
    for (const options of [
      { self: 'mallory' },
      { self: 'service:inventory' },
      { authorityUrl: 'http://127.0.0.1:1' },
    ]) {
      const { put, received, log } = await startSystem(options)
      expect(await put(ITEM)).toMatchObject(failed(502, 'inventory could not be called'))
      expect(received).toEqual([])
      expect(log.at(-1)).toMatchObject({
        service: 'orders',
        causes: expect.arrayContaining([expect.stringMatching(/^ClientError: /)]),
      })
    }
  })

  it('orders asks for another capability when its own has ended', async () => {
    const { authority, put, received } = await startSystem()
    expect(await put(ITEM)).toMatchObject({ status: 200 })
    authority.advance(7200)
    expect(await put(ITEM)).toMatchObject({ status: 200 })
    const [before, , after] = received.map(({ token }) => revocationIds(token)[0])
    expect(after).not.toBe(before)
  })

  it.each([
    ['that is a redirect', answering(307, '', { location: 'http://127.0.0.1:1/' }), 'inventory answered 307'],
    ['that is no JSON', answering(200, 'tea'), 'inventory could not be called'],
    ['that is empty', answering(204, ''), 'inventory could not be called'],
    ['without a price', answering(200, '{"quantity":2}'), 'inventory did not say a price'],
    ['with a price that is none', answering(200, '{"unitCents":"1"}'), 'inventory did not say a price'],
    ['that is null', answering(200, 'null'), 'inventory did not say a price'],
    ['that inherits a price', answering(200, '{"__proto__":{"unitCents":-1}}'), 'inventory did not say a price'],
    [
      'that breaks off',
      (_request, response) => void response.write('{', () => response.destroy()),
      'inventory could not be called',
    ],
    ['that never was', (request) => void request.socket.destroy(), 'inventory could not be called'],
    ['of a route that is not there', answering(404, '{}'), 'inventory answered 404'],
  ] as [string, RequestListener, string][])(
    'an answer of inventory %s is answered 502',
    async (_name, inventory, detail) => {
      const { put, received } = await startSystem({ inventory })
      expect(await put(ITEM)).toMatchObject(failed(502, detail))
      expect(received.map(({ service }) => service)).toEqual(['inventory'])
    },
  )

  it('orders does not follow a redirect', async () => {
    let visits = 0
    const { url, close } = await listen(
      createServer((_request, response) => void response.end(`{"unitCents":${++visits}}`)),
    )
    onTestFinished(close)
    const { put } = await startSystem({ inventory: answering(307, '', { location: url }) })
    expect((await put(ITEM)).status).toBe(502)
    expect(visits).toBe(0)
  })

  it.each(['inventory', 'billing'] as const)('orders answers 502 when %s is down', async (service) => {
    const { url, close } = await listen(createServer())
    await close()
    const { put, log } = await startSystem({ [service]: { url } })
    expect(await put(ITEM)).toMatchObject(failed(502, `${service} could not be called`))
    expect(log.at(-1)?.['causes']).toEqual([
      expect.stringMatching(/^ClientError: /),
      'TypeError: fetch failed',
      expect.stringContaining('ECONNREFUSED'),
    ])
  })

  it.each([
    ['never answers', () => {}],
    ['never ends its answer', (_request, response) => void response.write('{"unitCents":')],
    [
      'drips',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 20)
        response.once('close', () => clearInterval(timer))
      },
    ],
  ] as [string, RequestListener][])('orders answers 504 to a service that %s', async (_name, hanging) => {
    for (const service of ['inventory', 'billing'] as const) {
      const { put } = await startSystem({ [service]: hanging, timeoutMs: 300 })
      expect(await put(ITEM)).toMatchObject(failed(504, `${service} did not answer in time`))
    }
  })

  it('a retry finishes an order that failed after the reservation, without a second reservation', async () => {
    let works = false
    const flaky: RequestListener = (_request, response) => void response.writeHead(works ? 200 : 503).end('{}')
    const { put, call, tokenFor, available } = await startSystem({ billing: flaky })
    const before = await available(ITEM)
    const token = await tokenFor('read', { tenantId: 'acme', orderId: 'o-1' })
    for (const _attempt of [1, 2]) {
      expect(await put(ITEM)).toMatchObject(failed(502, 'billing answered 503'))
      expect(await available(ITEM)).toBe(before - 2)
      expect((await call('GET', '/acme/orders/o-1', { token })).body).toEqual({ id: 'o-1', items: [], totalCents: 0 })
    }
    works = true
    expect(await put(ITEM)).toMatchObject({ status: 200, body: { items: [{ sku: 'tea', quantity: 2 }] } })
    expect(await available(ITEM)).toBe(before - 2)
  })

  it('an order of more than the stock is answered 409', async () => {
    const { put, available, invoices } = await startSystem()
    for (const orderId of ['1', '2', '3', '4', '5']) await put({ ...ITEM, orderId }, { quantity: 1000 })
    expect(await available(ITEM)).toBe(0)
    expect(await put(ITEM, { quantity: 1 })).toMatchObject(failed(409, 'inventory answered 409'))
    expect(await invoices('acme')).toHaveLength(5)
    expect(await put({ ...ITEM, orderId: '5' }, { quantity: 999 })).toMatchObject({ status: 200 })
    expect(await put(ITEM, { quantity: 1 })).toMatchObject({ status: 200 })
    expect(await put({ ...ITEM, tenantId: 'initech' }, { quantity: 1000 })).toMatchObject({ status: 200 })
  })

  it('the same item twice at the same time is answered 409 for the second, and another item is accepted', async () => {
    const waiting: (() => void)[] = []
    let arrived = () => {}
    const slow: RequestListener = (_request, response) => {
      waiting.push(() => response.end('{"unitCents":5}'))
      arrived()
    }
    const { put } = await startSystem({ inventory: slow })
    const arrival = () =>
      new Promise<void>((resolve) => {
        arrived = resolve
      })
    const first = [arrival(), put(ITEM)] as const
    await first[0]
    expect(await put(ITEM, { quantity: 9 })).toMatchObject(failed(409, 'the item is being changed'))
    const other = [arrival(), put({ ...ITEM, sku: 'milk' })] as const
    await other[0]
    for (const answer of waiting) answer()
    for (const answer of [first[1], other[1]]) expect(await answer).toMatchObject({ status: 200 })
  })
})
