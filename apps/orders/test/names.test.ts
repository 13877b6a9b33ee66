import { describe, expect, it } from 'vitest'
import { ITEM, pathOf, startSystem } from './support/start-system.ts'

const LABELS = ['tenantId', 'userId', 'orderId', 'sku'] as const

/** Names that a program might take for something else. */
const ODD = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../acme',
  'acme/orders',
  '%2e%2e',
  '%00',
  'a\u0000b',
  ' acme',
  'acme ',
  'a\r\nb',
  '?tenantId=acme',
  '#',
  '"; allow if true; //',
  '$tenantId',
  '{{acme}}',
  ':tenantId',
  '*',
  '...',
  '\u202Eemca',
  'e\u0301',
  '💸',
  'x'.repeat(256),
]

/** Names that cannot be one segment of a path, or that are too long for one. */
const IMPOSSIBLE = ['.', '..', 'x'.repeat(257), 'x'.repeat(4096), '💸'.repeat(129)]

describe.each(LABELS)('a name in the place of %s', (label) => {
  it.each(ODD)('the name %j is a name like any other', async (name) => {
    const { put, call, tokenFor, available, received } = await startSystem()
    const object = { ...ITEM, [label]: name }
    const put1 = await put(object)
    expect(put1).toMatchObject({ status: 200, body: { id: object.orderId, items: [{ sku: object.sku, quantity: 2 }] } })
    expect(received.map(({ url }) => url.split('/').length)).toEqual([6, 6])
    expect(await available(object)).toBe(4998)
    if (label === 'tenantId' || label === 'sku') expect(await available(ITEM)).toBe(5000)
    const acme = await tokenFor('read', { tenantId: 'acme', userId: 'alice', orderId: 'o-1' })
    const status = label === 'sku' ? 200 : 404
    expect((await call('GET', '/acme/users/alice/orders/o-1', { token: acme })).status).toBe(status)
  })

  it.each(IMPOSSIBLE)('the name %j is refused, and nothing is reserved', async (name) => {
    const { put, received } = await startSystem()
    const answer = await put({ ...ITEM, [label]: name })
    expect(answer.status).toBe(label === 'userId' ? 200 : 400)
    expect(received.length).toBe(label === 'userId' ? 2 : 0)
  })

  it('a path that cannot be decoded is refused', async () => {
    const { call, tokenFor, received } = await startSystem()
    for (const raw of ['%zz', '%', '%e0%80', '%ff', '%ed%a0%80', '', '%2', '%c0%ae']) {
      const path = pathOf({ ...ITEM, [label]: 'here' }).replace('here', raw)
      const { status } = await call('PUT', path, { token: await tokenFor('write', { ...ITEM }), body: { quantity: 2 } })
      expect([raw, status >= 400 && status < 500]).toEqual([raw, true])
    }
    expect(received).toEqual([])
  })
})

it('a header section that is too large for Node is answered 431', async () => {
  const { call } = await startSystem()
  expect(await call('GET', `/${'x'.repeat(20_000)}/orders/o-1`)).toMatchObject({ status: 431 })
})
