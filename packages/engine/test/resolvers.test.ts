import { describe, expect, test } from 'vitest'
import {
  byTarget,
  composeResolvers,
  fromArgs,
  fromEvent,
  fromSession,
  fromUrl,
  type ResolverInput,
} from '../src/index.ts'

const ask = (input: ResolverInput, target = 'invoices') => ({ subject: 'alice', target, operation: 'read', input })

describe('designations from arguments', () => {
  const resolver = fromArgs({ invoiceId: 'id', urgent: 'urgent' })

  test('are texts, whole numbers and booleans', () => {
    expect(resolver(ask({ args: { id: 7, urgent: true } }))).toEqual({ invoiceId: '7', urgent: 'true' })
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [1]],
    ['a text', 'id'],
    ['a missing argument', { id: 7 }],
    ['a fraction', { id: 7.5, urgent: true }],
    ['an unsafe number', { id: 2 ** 53, urgent: true }],
    ['an object', { id: {}, urgent: true }],
    ['an empty text', { id: '', urgent: true }],
    ['an inherited argument', Object.create({ id: 7, urgent: true })],
  ])('are refused from %s', (_, args) => {
    expect(() => resolver(ask({ args }))).toThrow(expect.objectContaining({ name: 'ResolverError' }))
  })

  test('do not read what objects have by nature', () => {
    expect(() => fromArgs({ name: 'constructor' })(ask({ args: {} }))).toThrow('"constructor" is missing')
  })

  test('cannot be mapped to nothing', () => {
    expect(() => fromArgs({ id: '' })).toThrow(new TypeError('mapping.id: must be a string that is not empty'))
    expect(() => fromArgs(null as never)).toThrow(/^mapping: /)
  })
})

describe('designations from a session or an event', () => {
  test('are read by key, and by path', () => {
    expect(fromSession({ tenantId: 'tenant' })(ask({ session: { tenant: 'acme' } }))).toEqual({ tenantId: 'acme' })
    expect(fromEvent({ tenantId: 'order.tenant' })(ask({ event: { order: { tenant: 'acme' } } }))).toEqual({
      tenantId: 'acme',
    })
  })

  test('are not read through lists', () => {
    expect(() => fromEvent({ id: 'orders.0' })(ask({ event: { orders: ['x'] } }))).toThrow('"orders.0" is missing')
  })
})

describe('designations from a URL', () => {
  const resolver = fromUrl('/tenants/:tenantId/invoices/:invoiceId', '/tenants/:tenantId')

  test.each([
    ['/tenants/acme/invoices/7', { tenantId: 'acme', invoiceId: '7' }],
    ['/tenants/acme', { tenantId: 'acme' }],
    ['https://api.example/tenants/acme?tenantId=globex#x', { tenantId: 'acme' }],
    ['/tenants/a%20b', { tenantId: 'a b' }],
    ['/tenants/a%2520b', { tenantId: 'a%20b' }],
  ])('of %s are %j', (url, designations) => {
    expect(resolver(ask({ url }))).toEqual(designations)
  })

  test.each([
    '/tenants//invoices/7',
    '//tenants/acme',
    '/tenants/acme/',
    '/Tenants/acme',
    '/tenants/a%2Fb',
    '/tenants/a%5Cb',
    '/tenants/%2e%2e',
    '/tenants/..',
    '/tenants/%',
    '/tenants/%ff',
    '\\tenants\\acme',
    'tenants/acme',
    '/other',
    `/tenants/${'a'.repeat(3000)}`,
    '',
  ])('of %j are refused', (url) => {
    expect(() => resolver(ask({ url }))).toThrow(expect.objectContaining({ name: 'ResolverError' }))
  })

  test.each(['tenants/:id', '/files/*path', '/a{/:b}', '/:'])('cannot be read by the template %j', (template) => {
    expect(() => fromUrl(template)).toThrow(/^templates\[0\]: /)
  })
})

describe('several resolvers', () => {
  test('add up, and two values for one label are refused', async () => {
    const both = composeResolvers(
      fromSession({ tenantId: 'tenant' }),
      fromUrl('/tenants/:tenantId/invoices/:invoiceId'),
    )
    const session = { tenant: 'acme' }
    expect(await both(ask({ session, url: '/tenants/acme/invoices/7' }))).toEqual({ tenantId: 'acme', invoiceId: '7' })
    await expect(both(ask({ session, url: '/tenants/globex/invoices/7' }))).rejects.toMatchObject({ label: 'tenantId' })
  })

  test('are chosen by the target', () => {
    const resolver = byTarget({ invoices: fromArgs({ invoiceId: 'id' }) })
    expect(resolver(ask({ args: { id: '7' } }))).toEqual({ invoiceId: '7' })
    expect(resolver(ask({}, 'constructor'))).toEqual({})
    expect(() => byTarget({ invoices: 7 as never })).toThrow(/^resolvers\.invoices: /)
  })
})
