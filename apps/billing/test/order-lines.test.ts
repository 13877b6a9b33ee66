import { describe, expect, it } from 'vitest'
import { startBilling } from './support/start-billing.ts'

const OBJECT = { tenantId: 'acme', orderId: 'o-1', sku: 'tea' }
const LINE = { quantity: 2, unitCents: 150 }
const pathOf = ({ tenantId, orderId, sku }: typeof OBJECT) =>
  ['', tenantId, 'orders', orderId, 'items', sku].map(encodeURIComponent).join('/')
const problem = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code, status }) })

async function start() {
  const billing = await startBilling()
  return {
    ...billing,
    async put(object: typeof OBJECT, body: unknown = LINE) {
      return billing.call('PUT', pathOf(object), { token: await billing.tokenFor('write', { ...object }), body })
    },
    async invoiceOf({ tenantId, orderId }: typeof OBJECT) {
      const token = await billing.tokenFor('read', { tenantId })
      const { body } = await billing.call('GET', `/${encodeURIComponent(tenantId)}/invoices`, { token })
      return body.invoices.find((one: { orderId?: string }) => one.orderId === orderId)
    },
  }
}

describe('a line', () => {
  it.each(['acme', 'initech'])(
    'makes the invoice of its order for %s, and says no more than it was told',
    async (tenantId) => {
      const { put, invoiceOf } = await start()
      const object = { ...OBJECT, tenantId }
      const invoiceId = tenantId === 'acme' ? '1003' : '1001'
      expect(await put(object)).toMatchObject({ status: 200, body: { invoiceId, sku: 'tea', ...LINE } })
      expect(await put({ ...object, sku: 'milk' }, { quantity: 1, unitCents: 99 })).toMatchObject({
        status: 200,
        body: { invoiceId, sku: 'milk', quantity: 1, unitCents: 99 },
      })
      expect(await invoiceOf(object)).toEqual({
        id: invoiceId,
        orderId: 'o-1',
        lines: [
          { sku: 'tea', ...LINE },
          { sku: 'milk', quantity: 1, unitCents: 99 },
        ],
        amountCents: 399,
        currency: 'EUR',
        status: 'open',
      })
    },
  )

  it('putting a line again changes it and adds none', async () => {
    const { put, invoiceOf } = await start()
    for (const _ of [1, 2, 3]) expect((await put(OBJECT)).status).toBe(200)
    expect(await invoiceOf(OBJECT)).toMatchObject({ amountCents: 300, lines: [LINE] })
    await put(OBJECT, { quantity: 1, unitCents: 100 })
    expect(await invoiceOf(OBJECT)).toMatchObject({ amountCents: 100, lines: [{ quantity: 1, unitCents: 100 }] })
    await put({ ...OBJECT, orderId: 'o-2' })
    expect(await invoiceOf(OBJECT)).toMatchObject({ id: '1003', amountCents: 100 })
    expect(await invoiceOf({ ...OBJECT, orderId: 'o-2' })).toMatchObject({ id: '1004', amountCents: 300 })
  })

  it('a line cannot be put on a paid invoice', async () => {
    const { put, call, tokenFor, invoiceOf } = await start()
    await put(OBJECT)
    const token = await tokenFor('pay', { tenantId: 'acme', invoiceId: '1003' })
    expect((await call('POST', '/acme/invoices/1003/pay', { token })).status).toBe(200)
    expect(await put(OBJECT, { quantity: 9, unitCents: 1 })).toMatchObject({
      status: 409,
      body: { title: 'Conflict', detail: 'the invoice is paid already' },
    })
    expect(await invoiceOf(OBJECT)).toMatchObject({ status: 'paid', amountCents: 300 })
  })

  it('a line is refused without a token, to a broad token, and to a token for another tenant, order or SKU', async () => {
    const { put, call, tokenFor, invoiceOf } = await start()
    const request = (token?: string) => call('PUT', pathOf(OBJECT), { token, body: LINE })
    expect(await request()).toEqual(problem(401, 'missing_token'))
    expect(await request(await tokenFor('write', {}))).toEqual(problem(403, 'undesignated'))
    for (const label of ['tenantId', 'orderId', 'sku'] as const) {
      const { [label]: _, ...less } = OBJECT
      expect(await request(await tokenFor('write', less))).toEqual(problem(403, 'undesignated'))
      const other = await tokenFor('write', { ...OBJECT, [label]: 'other' })
      expect(await request(other)).toEqual(problem(403, 'wrong_designation'))
    }
    expect(await request(await tokenFor('read', OBJECT))).toEqual(problem(403, 'wrong_operation'))
    expect(await invoiceOf(OBJECT)).toBeUndefined()
    expect((await put(OBJECT)).status).toBe(200)
  })

  it('a token for one line allows neither a new invoice nor a list', async () => {
    const { call, tokenFor } = await start()
    const token = await tokenFor('write', OBJECT)
    const invoice = { customer: 'Vehement', amountCents: 700, currency: 'EUR' }
    expect(await call('POST', '/acme/invoices', { token, body: invoice })).toEqual(problem(403, 'missing_designation'))
    expect(await call('GET', '/acme/invoices', { token })).toEqual(problem(403, 'wrong_operation'))
  })

  it.each([
    ['nothing', undefined],
    ['an array', []],
    ['no price', { quantity: 2 }],
    ['no quantity', { unitCents: 150 }],
    ['a quantity of 0', { ...LINE, quantity: 0 }],
    ['a quantity of 1001', { ...LINE, quantity: 1001 }],
    ['a text', { ...LINE, quantity: '2' }],
    ['a price below 0', { ...LINE, unitCents: -1 }],
    ['half a cent', { ...LINE, unitCents: 0.5 }],
    ['a price past the limit', { ...LINE, unitCents: 10_000_001 }],
    ['a tenant', { ...LINE, tenantId: 'globex' }],
    ['a prototype', '{"quantity":2,"unitCents":150,"__proto__":{}}'],
    ['broken JSON', '{"quantity":'],
  ])('a line with %s is answered 400 and makes no invoice', async (_, body) => {
    const { call, tokenFor, invoiceOf } = await start()
    const answer = await call('PUT', pathOf(OBJECT), { token: await tokenFor('write', OBJECT), body })
    expect(answer).toMatchObject({ status: 400, body: { title: 'Bad Request', status: 400 } })
    expect(await invoiceOf(OBJECT)).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString', '..', '../acme', '%2e%2e', 'a\u0000b', '💸', 'x'.repeat(4096)])(
    'a line with %j as its tenant, order or SKU is a line like any other',
    async (name) => {
      for (const label of ['tenantId', 'orderId', 'sku'] as const) {
        const { put, invoiceOf } = await start()
        const object = { ...OBJECT, [label]: name }
        expect(await put(object)).toMatchObject({ status: 200, body: { sku: object.sku } })
        expect(await invoiceOf(object)).toMatchObject({ amountCents: 300, lines: [{ sku: object.sku }] })
        if (label !== 'sku') expect(await invoiceOf(OBJECT)).toBeUndefined()
      }
    },
  )
})
