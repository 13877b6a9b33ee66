import { describe, expect, it } from 'vitest'
import {
  body as bodyOf,
  designated,
  logFailure,
  Problem,
  parseBody,
  path,
  problemAnswer,
  QUANTITY,
  wholeNumber,
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
  const schema = bodyOf({ quantity: QUANTITY, unitCents: wholeNumber(0, 5) })
  const body = { quantity: 1000, unitCents: 0 }
  const refused = (detail: string) => expect.objectContaining({ status: 400, message: detail })
  const shape = refused('the body must be a JSON object of quantity, unitCents and nothing else')

  it('a body is accepted with exactly its fields, each a whole number in its range', () => {
    expect(parseBody(schema, body)).toEqual(body)
    for (const one of [{ quantity: 1 }, { ...body, more: 1 }, null, [], 'text', 7, undefined]) {
      expect(() => parseBody(schema, one)).toThrow(shape)
    }
    for (const quantity of [1001, 0, 0.5, '1', null, Number.NaN, Number.POSITIVE_INFINITY]) {
      const detail = 'quantity must be a whole number from 1 to 1000'
      expect(() => parseBody(schema, { ...body, quantity })).toThrow(refused(detail))
    }
  })

  it('a body with the name of an inherited property is refused', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const text = `{"${name}":1,${JSON.stringify(body).slice(1)}`
      expect(() => parseBody(schema, JSON.parse(text))).toThrow(shape)
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
