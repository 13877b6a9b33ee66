import { describe, expect, it } from 'vitest'
import { nodeRequestView, parsedPairs } from '../src/index.ts'

describe('nodeRequestView', () => {
  it('nodeRequestView takes the URL as it was sent, before routing changed it', () => {
    const view = nodeRequestView({ method: 'GET', url: '/7', originalUrl: 'http://host/acme/%37?a=b&a=c?d' })
    expect([view.method, view.path, view.query.getAll('a')]).toEqual(['GET', '/acme/%37', ['b', 'c?d']])
    expect(nodeRequestView({ method: 'GET', url: '/7' }).path).toBe('/7')
  })

  it('nodeRequestView keeps own params that are strings or left out, in an object without a prototype', () => {
    const params = Object.create({ inherited: 'x' }, { id: { value: '7', enumerable: true } })
    Object.assign(params, { path: ['a', 'b'], count: 7, optional: undefined })
    const view = nodeRequestView({ method: 'GET', url: '/', params })
    expect(Object.entries(view.params)).toEqual([
      ['id', '7'],
      ['optional', undefined],
    ])
    expect(Object.getPrototypeOf(view.params)).toBe(null)
    expect(view.params['constructor']).toBe(undefined)
  })

  it.each([
    ['its own', {}],
    [
      "those of Node's request",
      { raw: { rawHeaders: ['Authorization', 'a', 'X-Authorization', 'b', 'authorization', 'c'] } },
    ],
  ])('nodeRequestView sees every value of a repeated header: %s', (_name, own) => {
    const rawHeaders = ['Authorization', 'a', 'X-Authorization', 'b', 'authorization', 'c']
    const view = nodeRequestView({ method: 'GET', url: '/', rawHeaders: 'raw' in own ? [] : rawHeaders, ...own })
    expect(view.header('authorization')).toEqual(['a', 'c'])
    expect(view.header('a')).toEqual([])
  })

  it('nodeRequestView shows no header that Node has not parsed, since handlers do not see it', () => {
    const rawHeaders = ['X-Tenant', 'acme', 'X-Other', '7']
    const view = nodeRequestView({ method: 'GET', url: '/', rawHeaders, headers: { 'x-other': '7' } })
    expect([view.header('x-tenant'), view.header('x-other'), view.header('constructor')]).toEqual([[], ['7'], []])
    const raw = { rawHeaders, headers: { 'x-other': '7' } }
    expect(nodeRequestView({ method: 'GET', url: '/', raw }).header('x-tenant')).toEqual([])
  })

  it.each([
    ['a&'.repeat(999), 'acme'],
    ['a&'.repeat(1000), undefined],
    ['&'.repeat(1000), undefined],
  ])('a query designates by its first thousand pairs, and by none if there are more (%#)', (before, expected) => {
    const { query } = nodeRequestView({ method: 'GET', url: `/?${before}tenant=acme`, rawHeaders: [] })
    expect(query.malformed ? undefined : query.get('tenant')).toBe(expected)
  })

  it('nodeRequestView reads body and address only when they are needed', () => {
    const asked: string[] = []
    const view = nodeRequestView({
      method: 'GET',
      url: '/',
      get body() {
        asked.push('body')
        return { a: 1 }
      },
      get ip() {
        asked.push('ip')
        return '::1'
      },
    })
    expect(asked).toEqual([])
    expect([view.body, view.ip, asked.join()]).toEqual([{ a: 1 }, '::1', 'body,ip'])
  })
})

it('parsedPairs gives what a framework has parsed as texts, and no text for what has none or would become another', () => {
  const parsed = { tenant: '\ud800', id: ['1', 2], deep: { a: 1 }, no: undefined, flag: true }
  expect(parsedPairs(parsed)).toEqual([
    ['tenant', ''],
    ['id', '1'],
    ['id', '2'],
    ['deep', ''],
    ['no', ''],
    ['flag', 'true'],
  ])
})
