import { attenuate } from '@writ/core'
import { describe, expect, it } from 'vitest'
import { createApp } from '../src/create-app.ts'
import { startBilling } from './support/start-billing.ts'

const INVOICE = { customer: 'Vehement', amountCents: 700, currency: 'EUR' }
/** Every guarded route, called for a tenant and an invoice. */
const routesOf = (tenantId: string, invoiceId: string) => [
  { method: 'GET', path: `/${tenantId}/invoices`, operation: 'read' },
  { method: 'POST', path: `/${tenantId}/invoices`, operation: 'write', body: INVOICE },
  { method: 'GET', path: `/${tenantId}/invoices/${invoiceId}`, operation: 'read' },
  { method: 'POST', path: `/${tenantId}/invoices/${invoiceId}/pay`, operation: 'pay' },
]
const problem = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code, status }) })

describe('what a capability allows', () => {
  it('the health route answers without a token', async () => {
    const { call } = await startBilling()
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  it('a list holds the invoices of its tenant and no others', async () => {
    const { call, tokenFor } = await startBilling()
    const { status, body } = await call('GET', '/acme/invoices', {
      token: await tokenFor('read', { tenantId: 'acme' }),
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      invoices: [
        { id: '1001', customer: 'Initech', amountCents: 12_000, currency: 'EUR', status: 'open' },
        { id: '1002', customer: 'Hooli', amountCents: 4_950, currency: 'EUR', status: 'open' },
      ],
    })
  })

  it('an invoice is read by tenant and id, also where two tenants have the same id', async () => {
    const { call, tokenFor } = await startBilling()
    for (const [tenantId, customer] of [
      ['acme', 'Initech'],
      ['globex', 'Umbrella'],
    ] as const) {
      const token = await tokenFor('read', { tenantId, invoiceId: '1001' })
      expect(await call('GET', `/${tenantId}/invoices/1001`, { token })).toMatchObject({
        status: 200,
        body: { id: '1001', customer },
      })
    }
  })

  it('a created invoice can be read at once, under the next id of its tenant', async () => {
    const { call, tokenFor } = await startBilling()
    const token = await tokenFor('write', { tenantId: 'acme' })
    const { status, headers, body } = await call('POST', '/acme/invoices', { token, body: INVOICE })
    expect({ status, body }).toEqual({ status: 201, body: { id: '1003', ...INVOICE, status: 'open' } })
    expect(headers.get('location')).toBe('/acme/invoices/1003')
    const read = await call('GET', '/acme/invoices/1003', {
      token: await tokenFor('read', { tenantId: 'acme', invoiceId: '1003' }),
    })
    expect(read).toMatchObject({ status: 200, body })
  })

  it('an invoice is paid once, by the subject of the capability', async () => {
    const { call, tokenFor } = await startBilling()
    const token = await tokenFor('pay', { tenantId: 'acme', invoiceId: '1001' })
    expect(await call('POST', '/acme/invoices/1001/pay', { token })).toMatchObject({
      status: 200,
      body: { id: '1001', status: 'paid', paidBy: 'alice' },
    })
    expect(await call('POST', '/acme/invoices/1001/pay', { token })).toMatchObject({
      status: 409,
      body: { type: 'about:blank', title: 'Conflict', status: 409, detail: 'the invoice is paid already' },
    })
  })

  it('a tenant that is not configured anywhere works', async () => {
    const { call, tokenFor } = await startBilling()
    const list = await tokenFor('read', { tenantId: 'soylent' })
    expect(await call('GET', '/soylent/invoices', { token: list })).toMatchObject({
      status: 200,
      body: { invoices: [] },
    })
    const token = await tokenFor('write', { tenantId: 'soylent' })
    expect(await call('POST', '/soylent/invoices', { token, body: INVOICE })).toMatchObject({
      status: 201,
      body: { id: '1001' },
    })
    const { body } = await call('GET', '/soylent/invoices', { token: list })
    expect(body).toEqual({ invoices: [{ id: '1001', ...INVOICE, status: 'open' }] })
  })
})

describe('what a capability does not allow', () => {
  it.each(routesOf('acme', '1001'))('$method $path without a token is 401', async ({ method, path, body }) => {
    const { call } = await startBilling()
    const answer = await call(method, path, { body })
    expect(answer).toEqual(problem(401, 'missing_token'))
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="writ"')
  })

  it.each(routesOf('globex', '1001'))(
    '$method $path is refused to a token of acme',
    async ({ operation, ...request }) => {
      const { call, tokenFor } = await startBilling()
      const token = await tokenFor(operation, { tenantId: 'acme', invoiceId: '1001' })
      const answer = await call(request.method, request.path, { token, body: request.body })
      expect(answer).toEqual(problem(403, 'wrong_designation'))
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="writ", error="insufficient_scope", scope="invoices:${operation}"`,
      )
    },
  )

  it.each(routesOf('acme', '1001'))('$method $path is refused to a token that names no tenant', async (request) => {
    const { call, authority } = await startBilling()
    const token = await authority.mint({
      resource: 'invoices',
      operation: request.operation,
      anchor: 'service:billing',
    })
    expect(await call(request.method, request.path, { token, body: request.body })).toEqual(
      problem(403, 'undesignated'),
    )
  })

  it('another invoice of the same tenant is refused, for reading and for paying', async () => {
    const { call, tokenFor } = await startBilling()
    for (const [operation, method, path] of [
      ['read', 'GET', '1002'],
      ['pay', 'POST', '1002/pay'],
    ] as const) {
      const token = await tokenFor(operation, { tenantId: 'acme', invoiceId: '1001' })
      expect(await call(method, `/acme/invoices/${path}`, { token })).toEqual(problem(403, 'wrong_designation'))
    }
  })

  it('a token for one invoice does not list its tenant', async () => {
    const { call, tokenFor } = await startBilling()
    const token = await tokenFor('read', { tenantId: 'acme', invoiceId: '1001' })
    expect(await call('GET', '/acme/invoices', { token })).toEqual(problem(403, 'missing_designation'))
  })

  it('an invoice is paid only if the authority has named it, and not if a holder has', async () => {
    const { call, authority, tokenFor } = await startBilling()
    const designations = { tenantId: 'acme', invoiceId: '1001' }
    for (const named of [{}, { tenantId: 'acme' }, { invoiceId: '1001' }]) {
      const token = await attenuate(await tokenFor('pay', named), authority.publicKey, { designations })
      expect(await call('POST', '/acme/invoices/1001/pay', { token })).toEqual(problem(403, 'undesignated'))
    }
    const token = await tokenFor('pay', designations)
    const narrow = await attenuate(token, authority.publicKey, { expiresIn: '10s' })
    expect((await call('POST', '/acme/invoices/1001/pay', { token: narrow })).status).toBe(200)
  })

  it('a token for one operation is good for no other', async () => {
    const { call, tokenFor } = await startBilling()
    for (const granted of ['read', 'write', 'pay']) {
      for (const { method, path, operation, body } of routesOf('acme', '1001')) {
        if (operation === granted) continue
        const token = await tokenFor(granted, { tenantId: 'acme', invoiceId: '1001' })
        expect(await call(method, path, { token, body })).toEqual(problem(403, 'wrong_operation'))
      }
    }
  })

  it('a token of another service, and one of no service, are refused', async () => {
    const { call, authority } = await startBilling()
    const right = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
    for (const token of [await authority.mint({ ...right, anchor: 'service:shipping' }), await authority.mint(right)]) {
      expect(await call('GET', '/acme/invoices', { token })).toEqual(problem(403, 'wrong_anchor'))
    }
  })

  it('a token is refused from its last second on', async () => {
    const { call, authority, tokenFor } = await startBilling()
    const token = await tokenFor('read', { tenantId: 'acme' })
    authority.advance(299)
    expect((await call('GET', '/acme/invoices', { token })).status).toBe(200)
    authority.advance(1)
    expect(await call('GET', '/acme/invoices', { token })).toEqual(problem(403, 'expired'))
  })
})

describe('names from a URL', () => {
  const HOSTILE = ['constructor', '__proto__', 'toString', 'hasOwnProperty', '../acme', ' acme', 'a\u0000b', '💸']

  it.each(HOSTILE)('an invoice named %j is unknown', async (name) => {
    const { call, tokenFor } = await startBilling()
    const designations = { tenantId: 'acme', invoiceId: name }
    const path = `/acme/invoices/${encodeURIComponent(designations.invoiceId)}`
    const gone = { status: 404, body: { title: 'Not Found', status: 404, detail: 'there is no such invoice' } }
    expect(await call('GET', path, { token: await tokenFor('read', designations) })).toMatchObject(gone)
    expect(await call('POST', `${path}/pay`, { token: await tokenFor('pay', designations) })).toMatchObject(gone)
  })

  it.each(HOSTILE)('a tenant named %j is a tenant like any other', async (tenantId) => {
    const { call, tokenFor } = await startBilling()
    const path = `/${encodeURIComponent(tenantId)}/invoices`
    const read = await tokenFor('read', { tenantId })
    expect((await call('GET', path, { token: read })).body).toEqual({ invoices: [] })
    const created = await call('POST', path, { token: await tokenFor('write', { tenantId }), body: INVOICE })
    expect(created.status).toBe(201)
    expect((await call('GET', path, { token: read })).body).toEqual({ invoices: [created.body] })
    const acme = await call('GET', '/acme/invoices', { token: await tokenFor('read', { tenantId: 'acme' }) })
    expect(acme.body.invoices).toHaveLength(2)
  })
})

describe('the body of a new invoice', () => {
  it.each([
    ['an array', []],
    ['null', null],
    ['a text', 'text'],
    ['a number', 7],
    ['an empty object', {}],
    ['an id', { ...INVOICE, id: '1' }],
    ['a prototype', JSON.parse(`{"__proto__":{},${JSON.stringify(INVOICE).slice(1)}`)],
    ['an empty customer', { ...INVOICE, customer: '' }],
    ['a blank customer', { ...INVOICE, customer: '  ' }],
    ['a customer of 201 characters', { ...INVOICE, customer: 'x'.repeat(201) }],
    ['a customer that is an array', { ...INVOICE, customer: ['Vehement'] }],
    ['an amount of 0', { ...INVOICE, amountCents: 0 }],
    ['an amount below 0', { ...INVOICE, amountCents: -1 }],
    ['half a cent', { ...INVOICE, amountCents: 0.5 }],
    ['an amount that is a text', { ...INVOICE, amountCents: '700' }],
    ['an amount past the safe integers', { ...INVOICE, amountCents: 2 ** 53 }],
    ['small letters', { ...INVOICE, currency: 'eur' }],
    ['four letters', { ...INVOICE, currency: 'EURO' }],
    ['no currency', { ...INVOICE, currency: undefined }],
  ])('a new invoice with %s is refused, and nothing is created', async (_, body) => {
    const { call, tokenFor } = await startBilling()
    const token = await tokenFor('write', { tenantId: 'acme' })
    const answer = await call('POST', '/acme/invoices', { token, body: JSON.stringify(body) })
    expect(answer).toMatchObject({ status: 400, body: { title: 'Bad Request', status: 400 } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    const { body: list } = await call('GET', '/acme/invoices', { token: await tokenFor('read', { tenantId: 'acme' }) })
    expect(list.invoices).toHaveLength(2)
  })

  it.each([
    ['that is broken JSON', 400, '{"customer":', 'application/json'],
    ['of another type', 400, JSON.stringify(INVOICE), 'text/plain'],
    ['of more than 10 kB', 413, JSON.stringify({ ...INVOICE, customer: 'x'.repeat(20_000) }), 'application/json'],
    ['in an unknown charset', 415, JSON.stringify(INVOICE), 'application/json; charset=klingon'],
  ])('a body %s is answered with %i', async (_, status, body, contentType) => {
    const { call, tokenFor } = await startBilling()
    const token = await tokenFor('write', { tenantId: 'acme' })
    expect(await call('POST', '/acme/invoices', { token, body, contentType })).toMatchObject({
      status,
      body: { status },
    })
  })

  it('the body of a request is not read before its token is accepted', async () => {
    const { call } = await startBilling()
    expect(await call('POST', '/acme/invoices', { body: '{"customer":' })).toEqual(problem(401, 'missing_token'))
  })
})

describe('the app', () => {
  it('billing answers in JSON where there is no route, and where the path cannot be decoded', async () => {
    const { call } = await startBilling()
    expect(await call('GET', '/acme')).toMatchObject({ status: 404, body: { title: 'Not Found' } })
    expect(await call('GET', '/%zz/invoices')).toMatchObject({ status: 400, body: { title: 'Bad Request' } })
  })

  it('billing logs the reason of a refusal and never the token', async () => {
    const { call, tokenFor, log } = await startBilling()
    const token = await tokenFor('read', { tenantId: 'acme', invoiceId: '1001' })
    const { body } = await call('GET', '/acme/invoices/1002', { token })
    expect(log).toEqual([
      {
        service: 'billing',
        decision: 'refused',
        code: 'wrong_designation',
        resource: 'invoices',
        operation: 'read',
        subject: 'alice',
        label: 'invoiceId',
        expected: '1001',
        actual: '1002',
        enforced: true,
        durationMs: expect.any(Number),
        request: 'GET /acme/invoices/1002',
      },
    ])
    expect(JSON.stringify(body)).not.toContain('1001')
    expect(JSON.stringify(log)).not.toContain(token)
  })

  it('billing logs what it allows too', async () => {
    const { call, tokenFor, log } = await startBilling()
    await call('GET', '/acme/invoices/1001', { token: await tokenFor('read', { tenantId: 'acme', invoiceId: '1001' }) })
    expect(log).toEqual([
      {
        service: 'billing',
        decision: 'allowed',
        resource: 'invoices',
        operation: 'read',
        subject: 'alice',
        enforced: true,
        durationMs: expect.any(Number),
        request: 'GET /acme/invoices/1001',
      },
    ])
  })

  it.each(routesOf('acme', '1001'))(
    'billing logs the operation of $method $path',
    async ({ method, path, operation }) => {
      const { call, log } = await startBilling()
      await call(method, path)
      expect(log).toMatchObject([{ decision: 'refused', code: 'missing_token', resource: 'invoices', operation }])
    },
  )

  it('billing is not built with an invalid key', () => {
    expect(() => createApp({ keys: 'constructor' })).toThrow(/^keys: /)
  })
})
