import { describe, expect, it } from 'vitest'
import {
  designated,
  logFailure,
  Problem,
  parseFields,
  parseNumbers,
  path,
  problemAnswer,
  QUANTITY,
} from '../src/index.ts'

describe('a path', () => {
  it('a path keeps each name in a segment of its own', () => {
    for (const name of ['acme', 'a/b', '../b', '%2e', '?b', '#b', '__proto__', '...', '💸', 'x'.repeat(256)]) {
      const { pathname, search, hash } = new URL(path`/${name}/orders/${'o-1'}`, 'http://orders')
      expect([pathname.split('/').map(decodeURIComponent), search, hash]).toEqual([['', name, 'orders', 'o-1'], '', ''])
    }
  })

  it('a path is refused with 400 for a name that cannot be a segment', () => {
    for (const name of ['', '.', '..', '\ud800', 'x'.repeat(257)]) {
      expect(() => path`/${name}/orders/${'o-1'}`).toThrow(expect.objectContaining({ status: 400 }))
    }
  })
})

describe('a body', () => {
  it('a body is accepted with exactly its fields, each a whole number in its range', () => {
    const ranges = { quantity: QUANTITY, unitCents: [0, 5] } as const
    const body = { quantity: 1000, unitCents: 0 }
    expect(parseNumbers(body, ranges)).toEqual(body)
    const wrong = [{ quantity: 1 }, { ...body, more: 1 }, { ...body, quantity: 1001 }, { ...body, unitCents: 6 }]
    for (const one of [...wrong, null, [], 'text', 7, undefined, { ...body, quantity: Number.NaN }]) {
      expect(() => parseNumbers(one, ranges)).toThrow(expect.objectContaining({ status: 400 }))
    }
  })

  it('a body with the name of an inherited property is refused', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect(() => parseFields(JSON.parse(`{"${name}":1}`), ['quantity'])).toThrow('the body may hold only quantity')
    }
  })
})

describe('what was designated', () => {
  it('`designated` returns only what a guard has asked for', () => {
    const capability = { designations: { tenantId: 'acme', sku: 'tea' } }
    expect(designated(capability, ['tenantId'])).toEqual({ tenantId: 'acme' })
    for (const label of ['orderId', 'constructor', '__proto__']) {
      expect(() => designated(capability, [label])).toThrow(`the guard did not ask for ${label}`)
    }
  })
})

describe('an error', () => {
  const answer = (error: unknown) => {
    const { status, body } = problemAnswer(error)
    return [status, JSON.parse(body)]
  }

  it('an error is answered with what its caller may know', () => {
    expect(answer(new Problem(502, 'inventory answered 403', { cause: new Error('secret') }))).toEqual([
      502,
      { type: 'about:blank', title: 'Bad Gateway', status: 502, detail: 'inventory answered 403' },
    ])
    for (const marked of [{ status: 413 }, { statusCode: 413 }]) {
      const title = 'Payload Too Large'
      expect(answer(Object.assign(new Error('secret'), marked))).toEqual([
        413,
        { type: 'about:blank', title, status: 413 },
      ])
    }
    const server = [500, { type: 'about:blank', title: 'Internal Server Error', status: 500 }]
    for (const error of [
      new Error('secret'),
      'secret',
      undefined,
      Object.assign(new Error('secret'), { status: 200 }),
    ]) {
      expect(answer(error)).toEqual(server)
    }
  })

  it('an error is logged with its causes', () => {
    const log: unknown[] = []
    const cause = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
    logFailure('orders', (entry) => log.push(entry), new Problem(502, 'inventory could not be called', { cause }))
    logFailure('orders', (entry) => log.push(entry), new Error('bug'))
    expect(log).toEqual([
      {
        service: 'orders',
        failed: 'Problem: inventory could not be called',
        causes: ['TypeError: fetch failed', 'Error: ECONNREFUSED'],
      },
      { service: 'orders', failed: expect.stringMatching(/^Error: bug\n {4}at /), causes: [] },
    ])
  })
})
