import { createServer } from 'node:http'
import { createTestAuthority } from '@writ/testing'
import { type Call, listen, send } from 'service-kit/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp } from '../src/create-app.ts'

const OBJECT = { tenantId: 'acme', orderId: 'o-1', sku: 'tea' }
const RESERVATION = '/acme/orders/o-1/reservations/tea'
const STOCK = '/acme/stock/tea'
const problem = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code, status }) })

/** The service on a free port, until the test ends. */
async function startInventory() {
  const authority = await createTestAuthority()
  const log: Readonly<Record<string, unknown>>[] = []
  const app = await createApp({
    keys: authority.publicKey,
    now: authority.now,
    log: (entry) => void log.push(entry),
  })
  const { url, close } = await listen(createServer((...pair) => app.routing(...pair)))
  onTestFinished(close)

  const call = (method: string, path: string, options?: Call) => send(url, method, path, options)
  const tokenFor = (operation: string, designations: Readonly<Record<string, string>>) =>
    authority.mint({ resource: 'stock', operation, designations, anchor: 'service:inventory' })
  return {
    authority,
    log,
    call,
    tokenFor,
    async reserve(object: typeof OBJECT, body: unknown = { quantity: 2 }) {
      const path = ['', object.tenantId, 'orders', object.orderId, 'reservations', object.sku].map(encodeURIComponent)
      return call('PUT', path.join('/'), { token: await tokenFor('reserve', { ...object }), body })
    },
    async stock({ tenantId, sku }: typeof OBJECT) {
      const path = ['', tenantId, 'stock', sku].map(encodeURIComponent).join('/')
      return (await call('GET', path, { token: await tokenFor('read', { tenantId, sku }) })).body
    },
  }
}

describe('what a capability allows', () => {
  it('the health route answers without a token', async () => {
    const { call } = await startInventory()
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  it.each(['acme', 'initech'])(
    'stock is read and reserved for %s, a tenant that is not configured',
    async (tenantId) => {
      const { reserve, stock } = await startInventory()
      const object = { ...OBJECT, tenantId }
      const { unitCents } = await stock(object)
      expect(await stock(object)).toEqual({ sku: 'tea', available: 5000, unitCents })
      expect(unitCents).toBeGreaterThanOrEqual(100)
      expect(await reserve(object)).toMatchObject({ status: 200, body: { sku: 'tea', quantity: 2, unitCents } })
      expect(await stock(object)).toEqual({ sku: 'tea', available: 4998, unitCents })
      expect(await stock({ ...OBJECT, tenantId: 'globex' })).toMatchObject({ available: 5000 })
    },
  )

  it('putting a reservation again sets its quantity and adds none', async () => {
    const { reserve, stock } = await startInventory()
    for (const quantity of [2, 2, 2, 7, 1]) {
      expect(await reserve(OBJECT, { quantity })).toMatchObject({ status: 200, body: { quantity } })
      expect(await stock(OBJECT)).toMatchObject({ available: 5000 - quantity })
    }
    await reserve({ ...OBJECT, orderId: 'o-2' }, { quantity: 3 })
    expect(await stock(OBJECT)).toMatchObject({ available: 4996 })
  })

  it('a reservation of more than there is is answered 409 and changes nothing', async () => {
    const { reserve, stock } = await startInventory()
    for (const orderId of ['1', '2', '3', '4', '5']) await reserve({ ...OBJECT, orderId }, { quantity: 999 })
    expect(await reserve(OBJECT, { quantity: 6 })).toMatchObject({
      status: 409,
      body: { title: 'Conflict', detail: 'there are too few in stock' },
    })
    expect(await stock(OBJECT)).toMatchObject({ available: 5 })
    expect(await reserve({ ...OBJECT, orderId: '5' }, { quantity: 1000 })).toMatchObject({ status: 200 })
  })
})

describe('what a capability does not allow', () => {
  const ROUTES = [
    { method: 'GET', path: STOCK, operation: 'read', labels: ['tenantId', 'sku'], body: undefined },
    {
      method: 'PUT',
      path: RESERVATION,
      operation: 'reserve',
      labels: ['tenantId', 'orderId', 'sku'],
      body: { quantity: 2 },
    },
  ] as const
  const named = (labels: readonly (keyof typeof OBJECT)[]) =>
    Object.fromEntries(labels.map((label) => [label, OBJECT[label]]))

  it.each(ROUTES)('$method $path without a token is 401', async ({ method, path, body }) => {
    const { call } = await startInventory()
    const answer = await call(method, path, { body })
    expect(answer).toEqual(problem(401, 'missing_token'))
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="writ"')
  })

  it.each(ROUTES)('$method $path is refused to a token that names less, or another', async (route) => {
    const { method, path, operation, labels, body } = route
    const { call, tokenFor, stock } = await startInventory()
    expect(await call(method, path, { token: await tokenFor(operation, {}), body })).toEqual(
      problem(403, 'undesignated'),
    )
    for (const label of labels) {
      const less = await tokenFor(operation, named(labels.filter((one) => one !== label)))
      expect(await call(method, path, { token: less, body })).toEqual(problem(403, 'undesignated'))
      const other = await tokenFor(operation, { ...named(labels), [label]: 'other' })
      expect(await call(method, path, { token: other, body })).toEqual(problem(403, 'wrong_designation'))
    }
    expect(await stock(OBJECT)).toMatchObject({ available: 5000 })
  })

  it.each(ROUTES)('$method $path is refused to a token of another right, service or time', async (route) => {
    const { method, path, operation, labels, body } = route
    const { call, authority } = await startInventory()
    const right = { resource: 'stock', operation, designations: named(labels), anchor: 'service:inventory' }
    const cases = [
      [{ ...right, resource: 'orders' }, 'wrong_resource'],
      [{ ...right, operation: operation === 'read' ? 'reserve' : 'read' }, 'wrong_operation'],
      [{ ...right, anchor: 'service:billing' }, 'wrong_anchor'],
      [{ ...right, anchor: undefined }, 'wrong_anchor'],
    ] as const
    for (const [capability, code] of cases) {
      expect(await call(method, path, { token: await authority.mint(capability), body })).toEqual(problem(403, code))
    }
    const token = await authority.mint({ ...right, expiresIn: '10s' })
    authority.advance(9)
    expect((await call(method, path, { token, body })).status).toBe(200)
    authority.advance(1)
    expect(await call(method, path, { token, body })).toEqual(problem(403, 'expired'))
  })
})

describe('the body of a reservation', () => {
  it.each([
    ['that is missing', undefined],
    ['that is empty', ''],
    ['that is an array', []],
    ['that is null', 'null'],
    ['without a quantity', {}],
    ['with a quantity of 0', { quantity: 0 }],
    ['with a quantity of 1001', { quantity: 1001 }],
    ['with a half', { quantity: 1.5 }],
    ['with a text', { quantity: '2' }],
    ['with a tenant', { quantity: 2, tenantId: 'globex' }],
    ['with a prototype', '{"quantity":2,"__proto__":{}}'],
    ['that inherits', '{"__proto__":{"quantity":2}}'],
    ['with a constructor', '{"constructor":{"prototype":{"quantity":2}}}'],
    ['that is broken', '{"quantity":'],
  ])('a reservation with a body %s is answered 400, and nothing is reserved', async (_, body) => {
    const { call, tokenFor, stock } = await startInventory()
    const answer = await call('PUT', RESERVATION, { token: await tokenFor('reserve', OBJECT), body })
    expect(answer).toMatchObject({ status: 400, body: { title: 'Bad Request', status: 400 } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(await stock(OBJECT)).toMatchObject({ available: 5000 })
  })

  it.each([
    [400, 'of text', '{"quantity":2}', 'text/plain'],
    [415, 'of another type', '<quantity/>', 'application/xml'],
    [413, 'of more than 1 kB', `{"quantity":2${' '.repeat(2000)}}`, 'application/json'],
  ])('a reservation is answered %i for a body %s', async (status, _, body, contentType) => {
    const { call, tokenFor } = await startInventory()
    const token = await tokenFor('reserve', OBJECT)
    expect(await call('PUT', RESERVATION, { token, body, contentType })).toMatchObject({ status, body: { status } })
  })

  it('the body of a reservation is not read before its token is accepted', async () => {
    const { call } = await startInventory()
    expect(await call('PUT', RESERVATION, { body: '{"quantity":' })).toEqual(problem(401, 'missing_token'))
  })
})

describe('names from a URL', () => {
  const ODD = ['__proto__', 'constructor', 'toString', '..', '.', '../acme', 'a/b', '%2e%2e', 'a\u0000b', ' acme', '💸']

  it.each([...ODD, 'x'.repeat(256), '💸'.repeat(128), 'x'.repeat(4096)])(
    'the name %j in a path is a name like any other',
    async (name) => {
      for (const label of ['tenantId', 'orderId', 'sku'] as const) {
        const { reserve, stock } = await startInventory()
        const object = { ...OBJECT, [label]: name }
        expect(await reserve(object)).toMatchObject({ status: 200, body: { sku: object.sku, quantity: 2 } })
        expect(await stock(object)).toMatchObject({ available: 4998 })
        if (label !== 'orderId') expect(await stock(OBJECT)).toMatchObject({ available: 5000 })
      }
    },
  )

  it.each(['%zz', '%', '%ff', '%ed%a0%80', '%c0%ae', '', 'x'.repeat(5000)])(
    'a path with the name %j is refused',
    async (raw) => {
      const { call, tokenFor, stock } = await startInventory()
      const token = await tokenFor('reserve', OBJECT)
      for (const name of ['acme', 'o-1', 'tea']) {
        const { status } = await call('PUT', RESERVATION.replace(name, raw), { token, body: { quantity: 2 } })
        expect([raw, status >= 400 && status < 500]).toEqual([raw, true])
      }
      expect(await stock(OBJECT)).toMatchObject({ available: 5000 })
    },
  )
})

describe('the app', () => {
  it('inventory answers in JSON where there is no route, and where the path cannot be decoded', async () => {
    const { call } = await startInventory()
    expect(await call('GET', '/acme')).toMatchObject({ status: 404, body: { title: 'Not Found' } })
    expect(await call('GET', '/%zz/stock/tea')).toMatchObject({ status: 400, body: { title: 'Bad Request' } })
  })

  it('inventory logs each decision and no token', async () => {
    const { call, tokenFor, log } = await startInventory()
    const token = await tokenFor('read', { tenantId: 'acme', sku: 'tea' })
    await call('GET', STOCK, { token })
    await call('GET', '/globex/stock/tea', { token })
    await call('GET', STOCK)
    const entry = {
      service: 'inventory',
      resource: 'stock',
      operation: 'read',
      enforced: true,
      durationMs: expect.any(Number),
    }
    const values = { label: 'tenantId', expected: 'acme', actual: 'globex' }
    expect(log).toEqual([
      { ...entry, decision: 'allowed', subject: 'alice', request: `GET ${STOCK}` },
      {
        ...entry,
        decision: 'refused',
        subject: 'alice',
        code: 'wrong_designation',
        ...values,
        request: 'GET /globex/stock/tea',
      },
      { ...entry, decision: 'refused', code: 'missing_token', request: `GET ${STOCK}` },
    ])
    expect(JSON.stringify(log)).not.toContain(token)
  })

  it('inventory is not built with an invalid key', async () => {
    await expect(createApp({ keys: 'constructor' })).rejects.toThrow(/^keys: /)
  })
})
