import { describe, expect, it } from 'vitest'
import { ITEM, pathOf, startSystem } from './support/start-system.ts'

interface Route {
  readonly method: string
  readonly path: string
  readonly operation: string
  /** What its token must name. */
  readonly labels: readonly (keyof typeof ITEM)[]
  readonly body?: unknown
}

/** Every guarded route. */
const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/acme/users/alice/orders/o-1', operation: 'read', labels: ['tenantId', 'userId', 'orderId'] },
  { method: 'GET', path: '/acme/orders/o-1', operation: 'read', labels: ['tenantId', 'orderId'] },
  {
    method: 'PUT',
    path: pathOf(ITEM),
    operation: 'write',
    labels: ['tenantId', 'userId', 'orderId', 'sku'],
    body: { quantity: 2 },
  },
]
const named = (labels: Route['labels']) => Object.fromEntries(labels.map((label) => [label, ITEM[label]]))
const problem = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code, status }) })

describe('an order', () => {
  it('the health route answers without a token', async () => {
    const { call } = await startSystem()
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  it.each(['acme', 'initech'])(
    'an order is reserved, invoiced and read back for %s, a tenant that is not configured',
    async (tenantId) => {
      const system = await startSystem()
      const before = await system.available({ ...ITEM, tenantId })
      const { status, body } = await system.put({ ...ITEM, tenantId }, { quantity: 3 })
      const [{ unitCents }] = body.items
      expect(unitCents).toBeGreaterThan(0)
      const order = { id: 'o-1', items: [{ sku: 'tea', quantity: 3, unitCents }], totalCents: 3 * unitCents }
      expect({ status, body }).toEqual({ status: 200, body: order })

      const user = await system.tokenFor('read', { tenantId, userId: 'alice', orderId: 'o-1' })
      expect((await system.call('GET', `/${tenantId}/users/alice/orders/o-1`, { token: user })).body).toEqual(order)
      const partner = await system.tokenFor('read', { tenantId, orderId: 'o-1' })
      expect((await system.call('GET', `/${tenantId}/orders/o-1`, { token: partner })).body).toEqual(order)

      expect(await system.available({ ...ITEM, tenantId })).toBe(before - 3)
      expect(await system.invoices(tenantId)).toMatchObject([
        { orderId: 'o-1', amountCents: order.totalCents, lines: order.items },
      ])
      const other = tenantId === 'acme' ? 'initech' : 'acme'
      expect(await system.available({ ...ITEM, tenantId: other })).toBe(before)
      expect(await system.invoices(other)).toEqual([])
    },
  )

  it('putting an item again sets its quantity and adds none', async () => {
    const { put, available, invoices } = await startSystem()
    const before = await available(ITEM)
    const first = await put(ITEM)
    for (const _ of [1, 2]) expect(await put(ITEM)).toMatchObject({ status: 200, body: first.body })
    expect(await available(ITEM)).toBe(before - 2)
    expect(await invoices('acme')).toMatchObject([{ amountCents: first.body.totalCents, lines: [{ quantity: 2 }] }])

    expect(await put(ITEM, { quantity: 5 })).toMatchObject({ body: { items: [{ sku: 'tea', quantity: 5 }] } })
    expect(await available(ITEM)).toBe(before - 5)
    expect(await invoices('acme')).toMatchObject([{ lines: [{ quantity: 5 }] }])
  })

  it('an order holds several items on one invoice', async () => {
    const { put, invoices } = await startSystem()
    await put(ITEM)
    const { body } = await put({ ...ITEM, sku: 'milk' }, { quantity: 1 })
    expect(body.items).toMatchObject([{ sku: 'tea' }, { sku: 'milk' }])
    expect(body.totalCents).toBe(2 * body.items[0].unitCents + body.items[1].unitCents)
    expect(await invoices('acme')).toMatchObject([{ amountCents: body.totalCents, lines: body.items }])
  })

  it('an order of one user does not exist for another user, who cannot change it', async () => {
    const { put, call, tokenFor, available, received } = await startSystem()
    await put(ITEM)
    const before = [await available(ITEM), received.length]
    const gone = { status: 404, body: { title: 'Not Found', detail: 'there is no such order' } }
    const token = await tokenFor('read', { tenantId: 'acme', userId: 'bob', orderId: 'o-1' })
    expect(await call('GET', '/acme/users/bob/orders/o-1', { token })).toMatchObject(gone)
    expect(await put({ ...ITEM, userId: 'bob' }, { quantity: 9 })).toMatchObject(gone)
    expect(received.filter(({ method }) => method === 'PUT')).toHaveLength(2)
    expect(await available(ITEM)).toBe(before[0])
  })

  it('an unknown order is answered 404', async () => {
    const { call, tokenFor } = await startSystem()
    for (const { path, labels } of ROUTES.filter(({ method }) => method === 'GET')) {
      const token = await tokenFor('read', named(labels))
      expect(await call('GET', path, { token })).toMatchObject({
        status: 404,
        body: { detail: 'there is no such order' },
      })
    }
  })
})

describe('what a capability does not allow', () => {
  it.each(ROUTES)('$method $path without a token is 401', async ({ method, path, body }) => {
    const { call, received } = await startSystem()
    const answer = await call(method, path, { body })
    expect(answer).toEqual(problem(401, 'missing_token'))
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="writ"')
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(received).toEqual([])
  })

  it.each(ROUTES)('$method $path is refused to a broad token, and to one that leaves out a label', async (route) => {
    const { call, tokenFor, received } = await startSystem()
    const { method, path, operation, labels, body } = route
    for (const left of [labels, ...labels.map((label) => [label])]) {
      const token = await tokenFor(operation, named(labels.filter((label) => !left.includes(label))))
      expect(await call(method, path, { token, body })).toEqual(problem(403, 'undesignated'))
    }
    expect(received).toEqual([])
  })

  it.each(ROUTES)('$method $path is refused to a token for another object, of any label', async (route) => {
    const { call, tokenFor, received } = await startSystem()
    const { method, path, operation, labels, body } = route
    for (const label of labels) {
      const token = await tokenFor(operation, { ...named(labels), [label]: 'other' })
      const answer = await call(method, path, { token, body })
      expect(answer).toEqual(problem(403, 'wrong_designation'))
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="writ", error="insufficient_scope", scope="orders:${operation}"`,
      )
    }
    expect(received).toEqual([])
  })

  it.each(ROUTES)('$method $path is refused to a token of another right, service or time', async (route) => {
    const { call, authority, received } = await startSystem()
    const { method, path, operation, labels, body } = route
    const right = { resource: 'orders', operation, designations: named(labels), anchor: 'service:orders' }
    const cases = [
      [{ ...right, resource: 'stock' }, 'wrong_resource'],
      [{ ...right, operation: operation === 'read' ? 'write' : 'read' }, 'wrong_operation'],
      [{ ...right, anchor: 'service:inventory' }, 'wrong_anchor'],
      [{ ...right, anchor: undefined }, 'wrong_anchor'],
    ] as const
    for (const [capability, code] of cases) {
      expect(await call(method, path, { token: await authority.mint(capability), body })).toEqual(problem(403, code))
    }
    const token = await authority.mint(right)
    authority.advance(300)
    expect(await call(method, path, { token, body })).toEqual(problem(403, 'expired'))
    expect(received).toEqual([])
  })
})

describe('the body of an item', () => {
  it.each([
    ['that is missing', undefined],
    ['that is an array', []],
    ['that is null', 'null'],
    ['that is a text', '"2"'],
    ['that is empty', {}],
    ['with a quantity of 0', { quantity: 0 }],
    ['with a quantity of 1001', { quantity: 1001 }],
    ['with a quantity below 0', { quantity: -1 }],
    ['with a half', { quantity: 0.5 }],
    ['with a text', { quantity: '2' }],
    ['with an array', { quantity: [2] }],
    ['with a number that is none', '{"quantity":1e999}'],
    ['with a tenant', { quantity: 2, tenantId: 'globex' }],
    ['with a price', { quantity: 2, unitCents: 1 }],
    ['with a prototype', '{"quantity":2,"__proto__":{}}'],
    ['that inherits', '{"__proto__":{"quantity":2}}'],
    ['that is broken', '{"quantity":'],
  ])('an item with a body %s is answered 400, and nothing is reserved', async (_, body) => {
    const { call, tokenFor, received } = await startSystem()
    const answer = await call('PUT', pathOf(ITEM), { token: await tokenFor('write', { ...ITEM }), body })
    expect(answer).toMatchObject({ status: 400, body: { title: 'Bad Request', status: 400 } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(received).toEqual([])
    const token = await tokenFor('read', { tenantId: 'acme', orderId: 'o-1' })
    expect((await call('GET', '/acme/orders/o-1', { token })).status).toBe(404)
  })

  it.each([
    [400, 'of another type', '{"quantity":2}', 'text/plain'],
    [413, 'of more than 1 kB', `{"quantity":2${' '.repeat(2000)}}`, 'application/json'],
    [415, 'in an unknown charset', '{"quantity":2}', 'application/json; charset=klingon'],
  ])('an item is answered %i for a body %s', async (status, _, body, contentType) => {
    const { call, tokenFor, received } = await startSystem()
    const token = await tokenFor('write', { ...ITEM })
    expect(await call('PUT', pathOf(ITEM), { token, body, contentType })).toMatchObject({ status, body: { status } })
    expect(received).toEqual([])
  })

  it('an item takes a quantity of 1 and of 1000', async () => {
    const { put } = await startSystem()
    for (const quantity of [1, 1000]) expect(await put(ITEM, { quantity })).toMatchObject({ status: 200 })
  })
})

describe('the log', () => {
  it('orders logs each decision and no token', async () => {
    const { call, tokenFor, put, log, received } = await startSystem()
    await put(ITEM)
    const token = await tokenFor('read', { tenantId: 'acme', orderId: 'o-1' })
    await call('GET', '/globex/orders/o-1', { token })
    await call('GET', '/acme/orders/o-1')
    const entry = { service: 'orders', resource: 'orders', enforced: true, durationMs: expect.any(Number) }
    const values = { label: 'tenantId', expected: 'acme', actual: 'globex' }
    expect(log).toEqual([
      {
        ...entry,
        decision: 'allowed',
        operation: 'write',
        subject: 'alice',
        request: 'PUT /acme/users/alice/orders/o-1/items/tea',
      },
      {
        ...entry,
        decision: 'refused',
        operation: 'read',
        subject: 'alice',
        code: 'wrong_designation',
        ...values,
        request: 'GET /globex/orders/o-1',
      },
      { ...entry, decision: 'refused', operation: 'read', code: 'missing_token', request: 'GET /acme/orders/o-1' },
    ])
    for (const sent of [token, ...received.map((one) => one.token)]) expect(JSON.stringify(log)).not.toContain(sent)
  })
})
