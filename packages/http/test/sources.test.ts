import { describe, expect, it } from 'vitest'
import { type DesignationSource, nodeRequestView, type RequestView } from '../src/index.ts'
import { guardWith, token, view } from './support.ts'

/** The code of the refusal when a request names `value`, if it does, of a token that is good for `value` alone. */
async function codeOf(source: DesignationSource<object>, value: string, request: Partial<RequestView>) {
  const decide = guardWith()
  const authorization = [`Bearer ${await token({ designations: { object: value } })}`]
  const header = (name: string) => (name === 'authorization' ? authorization : (request.header?.(name) ?? []))
  const outcome = await decide(view({ ...request, header }), { resource: 'invoices', designate: { object: source } })
  return outcome.allowed ? 'allowed' : outcome.refusal.error.code
}

/** The query of a request to a server on Node. */
const query = (search: string) => ({ query: nodeRequestView({ method: 'GET', url: `/invoices${search}` }).query })
/** The values of `x-tenant`. */
const header = (...values: string[]) => ({ header: (name: string) => (name === 'x-tenant' ? values : []) })

const readers: [string, DesignationSource<object>][] = [
  ['{ query }', { query: 'tenant' }],
  ['query.get in a function', (request) => request.query.get('tenant') ?? undefined],
]

describe.each(readers)('a designation from the query, by %s,', (_name, source) => {
  it.each([
    ['?tenant=acme', 'acme'],
    ['?page=2&tenant=acme&page=3', 'acme'],
    ['?%74enant=%61cme', 'acme'],
    ['?tenant=a+b', 'a b'],
    ['?tenant=100%25', '100%'],
    ['?tenants[]=globex&tenant=acme', 'acme'],
    ['?sub[tenant]=globex&tenant=acme', 'acme'],
  ])('a query designates by the only value of a name: %s', async (search, value) => {
    expect(await codeOf(source, value, query(search))).toBe('allowed')
  })

  it.each([
    ['repeated', '?tenant=acme&tenant=globex'],
    ['repeated with the same value', '?tenant=acme&tenant=acme'],
    ['repeated in another spelling', '?tenant=acme&t%65nant=globex'],
    ['repeated as a list', '?tenant=acme&tenant[]=globex'],
    ['repeated as an encoded list', '?tenant=acme&tenant%5B%5D=globex'],
    ['repeated as an object', '?tenant[name]=globex&tenant=acme'],
    ['repeated in brackets', '?tenant=acme&[tenant]=globex'],
    ['absent', '?page=2'],
    ['empty', '?tenant='],
    ['a name alone', '?tenant'],
    ['of what every object has', '?__proto__=acme'],
    ['beside what does not decode', '?tenant=acme&page=%zz'],
    ['beside a value that is not UTF-8', '?tenant=acme&page=%ff'],
    ['before a fragment', '?tenant=acme#'],
    ['after a fragment', '#?tenant=acme'],
  ])('a query designates nothing where the name is %s', async (_what, search) => {
    expect(await codeOf(source, 'acme', query(search))).toBe('source_empty')
  })

  it('a repeated name designates nothing in a plain URLSearchParams either', async () => {
    const plain = { query: new URLSearchParams('tenant=acme&tenant=globex') }
    expect(await codeOf(source, 'acme', plain)).toBe('source_empty')
  })
})

describe('a function that reads the query', () => {
  it('a designate function sees every value of the query by getAll', async () => {
    const last: DesignationSource<object> = (request) => request.query.getAll('tenant').at(-1)
    expect(await codeOf(last, 'globex', query('?tenant=acme&tenant=globex'))).toBe('allowed')
    const known: DesignationSource<object> = ({ query: all }) =>
      all.has('tenant') ? [...all.keys()].join() : undefined
    expect(await codeOf(known, 'tenant,page', query('?tenant=acme&page=2'))).toBe('allowed')
  })

  it('a designate function sees the rest of the request as it is', async () => {
    const request = { params: { id: '7' }, body: { a: 1 }, ip: '::1', ...header('acme') }
    const all: DesignationSource<object> = async (seen) =>
      [
        seen.method,
        seen.path,
        seen.params['id'],
        JSON.stringify(await seen.body),
        seen.ip,
        seen.header('x-tenant'),
      ].join()
    expect(await codeOf(all, 'GET,/acme/invoices/7,7,{"a":1},::1,acme', request)).toBe('allowed')
  })
})

describe('a designation from a header', () => {
  const source = { header: 'X-Tenant' }

  it('a header designates by its only value', async () => {
    expect(await codeOf(source, 'acme', header('acme'))).toBe('allowed')
    expect(await codeOf(source, 'globex', header('acme'))).toBe('wrong_designation')
  })

  it.each([
    ['repeated', ['acme', 'globex']],
    ['repeated with the same value', ['acme', 'acme']],
    ['joined by a comma', ['acme, globex']],
    ['joined by a comma alone', ['acme,globex']],
    ['absent', []],
    ['empty', ['']],
  ])('a header designates nothing where it is %s', async (_what, values) => {
    expect(await codeOf(source, 'acme', header(...values))).toBe('source_empty')
  })
})

describe('a designation from the body', () => {
  const parse = (text: string) => ({ body: JSON.parse(text) as unknown })

  it.each([
    ['{"tenant":"acme"}', 'tenant', 'acme'],
    ['{"order":{"tenant":{"id":"acme"}}}', 'order.tenant.id', 'acme'],
    ['{"constructor":{"name":"acme"}}', 'constructor.name', 'acme'],
    ['{"__proto__":{"tenant":"acme"}}', '__proto__.tenant', 'acme'],
    ['{"id":7}', 'id', '7'],
    ['{"id":0}', 'id', '0'],
    ['{"id":-7}', 'id', '-7'],
    ['{"id":9007199254740991}', 'id', '9007199254740991'],
    ['{"id":1e2}', 'id', '100'],
    ['{"id":1.0}', 'id', '1'],
    ['{"dryRun":true}', 'dryRun', 'true'],
    ['{"dryRun":false}', 'dryRun', 'false'],
  ])('the body %s designates by %j the text %j', async (text, body, value) => {
    expect(await codeOf({ body }, value, parse(text))).toBe('allowed')
  })

  it.each([
    ['{"id":1.5}', 'id', '1.5'],
    ['{"id":1e21}', 'id', '1e+21'],
    ['{"id":-0}', 'id', '0'],
    ['{"id":9007199254740993}', 'id', '9007199254740992'],
    ['{"id":null}', 'id', 'null'],
    ['{"id":["7"]}', 'id', '7'],
    ['{"id":{}}', 'id', '[object Object]'],
    ['{"id":""}', 'id', ''],
    ['{"ids":["7"]}', 'ids.0', '7'],
    ['{"id":"7"}', 'id.length', '1'],
    ['{"order.id":"7"}', 'order.id', '7'],
    ['{}', 'constructor.name', 'Object'],
    ['{}', '__proto__.tenant', 'acme'],
    ['["7"]', '0', '7'],
    ['"7"', 'length', '1'],
    ['7', 'id', '7'],
    ['null', 'id', '7'],
  ])('the body %s designates nothing by %j', async (text, body, value) => {
    expect(await codeOf({ body }, value || 'x', parse(text))).toBe('source_empty')
  })

  it('the body designates by own members, not by inherited ones', async () => {
    expect(await codeOf({ body: 'id' }, '7', { body: Object.create({ id: '7' }) })).toBe('source_empty')
    const order = Object.create({ order: { id: '7' } })
    expect(await codeOf({ body: 'order.id' }, '7', { body: order })).toBe('source_empty')
  })

  it('the body designates nothing by a number that JSON cannot hold', async () => {
    for (const id of [Number.NaN, Number.POSITIVE_INFINITY, 7n, new Number(7), Symbol('7')])
      expect(await codeOf({ body: 'id' }, '7', { body: { id } })).toBe('source_empty')
  })
})

describe('a designation from a param', () => {
  it('a param designates only if it is a string', async () => {
    const params = { id: 7 } as unknown as Record<string, string>
    expect(await codeOf('id', '7', { params })).toBe('source_empty')
  })
})
