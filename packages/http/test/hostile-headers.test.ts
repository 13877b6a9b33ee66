import { describe, expect, it } from 'vitest'
import { nodeRequestView } from '../src/index.ts'
import { findToken } from '../src/internal/find-token.ts'
import { protocolTokens } from '../src/upgrade/internal/protocol-token.ts'
import { stepsOf } from './support-steps.ts'

/** Names and values of headers, as Node hands them over. */
type Headers = readonly (readonly [name: string, value: string])[]

const many = (count: number, header: readonly [string, string]): Headers => Array.from({ length: count }, () => header)

/** What strangers may send to make a guard work, in any size. */
const hostile: readonly (readonly [string, (size: number) => Headers])[] = [
  ['spaces inside a credential', (size) => [['Authorization', `Bearer a${' '.repeat(size)}b`]]],
  ['tabs and spaces in turn', (size) => [['Authorization', `Bearer a${' \t'.repeat(size / 2)}b`]]],
  ['spaces before a credential', (size) => [['Authorization', `${' '.repeat(size)}Bearer a`]]],
  ['spaces after a credential', (size) => [['Authorization', `Bearer a${' '.repeat(size)}`]]],
  ['spaces after the scheme', (size) => [['Authorization', `Bearer${' '.repeat(size)}a`]]],
  ['nothing but spaces', (size) => [['Authorization', ' '.repeat(size)]]],
  ['nothing but commas', (size) => [['Authorization', ','.repeat(size)]]],
  ['commas and spaces', (size) => [['Authorization', ' , '.repeat(size / 3)]]],
  ['a space for each of many credentials', (size) => [['Authorization', 'Bearer a ,'.repeat(size / 10)]]],
  ['many words that begin as the scheme', (size) => [['Authorization', 'bearer'.repeat(size / 6)]]],
  ['another scheme, and spaces', (size) => [['Authorization', `Basic a${' '.repeat(size)}b`]]],
  ['many credentials', (size) => many(size / 20, ['Authorization', 'Bearer a'])],
  ['many other headers', (size) => many(size / 10, ['X-Authorization', 'a'])],
  ['a long name of a header', (size) => [['A'.repeat(size), 'Bearer a']]],
  ['a long token', (size) => [['Authorization', `Bearer ${'a'.repeat(size)}`]]],
]

function steps(headers: Headers, from: string): number {
  const view = nodeRequestView({ method: 'GET', url: '/', rawHeaders: headers.flat() })
  return stepsOf(() => findToken(view, { header: from }))
}

describe('finding a token', () => {
  it.each(hostile)('finding a token takes a few steps per character: %s', (_name, of) => {
    for (const from of ['authorization', 'x-authorization']) {
      for (const size of [1500, 15_000]) {
        const headers = of(size)
        const sent = headers.flat().join('').length
        expect(steps(headers, from) / sent).toBeLessThan(12)
      }
    }
  })

  it('the count of steps notices a regular expression over a long text', () => {
    expect(stepsOf(() => ' '.repeat(100).replace(/ +$/, ''))).toBeGreaterThan(100 ** 2)
    expect(stepsOf(() => / +$/.test(' '.repeat(100)))).toBe(100 ** 2 + ' '.length)
    expect(stepsOf(() => 'abc'.charCodeAt(1))).toBe(1)
  })
})

describe('finding a token among the subprotocols of a WebSocket', () => {
  it.each([
    ['commas', (size: number) => ','.repeat(size)],
    ['spaces', (size: number) => `writ.a${' '.repeat(size)}b`],
    ['tokens', (size: number) => 'writ.a,'.repeat(size / 7)],
  ])('finding a token takes a few steps per character: %s', (_name, of) => {
    for (const size of [1500, 15_000]) {
      const value = of(size)
      const rawHeaders = ['Sec-WebSocket-Protocol', value]
      const header = protocolTokens(nodeRequestView({ method: 'GET', url: '/', rawHeaders }).header, 'writ.')
      expect(stepsOf(() => header('sec-websocket-protocol')) / value.length).toBeLessThan(12)
    }
  })
})

describe('the path of a request', () => {
  it.each([
    ['a path', (size: number) => `/${'a'.repeat(size)}`],
    ['a scheme', (size: number) => `${'a'.repeat(size)}://host/`],
    ['a host', (size: number) => `http://${'a'.repeat(size)}/?a`],
    ['a host alone', (size: number) => `http://${'a'.repeat(size)}`],
    ['a query', (size: number) => `/?${'a=b&'.repeat(size / 4)}`],
    ['question marks', (size: number) => `/${'?'.repeat(size)}`],
    ['colons', (size: number) => `a${':'.repeat(size)}`],
  ])('the path is found in a few steps per character of the URL: %s', (_name, of) => {
    for (const size of [1500, 15_000]) {
      const url = of(size)
      expect(stepsOf(() => nodeRequestView({ method: 'GET', url }).path) / url.length).toBeLessThan(12)
    }
  })
})

describe('the query of a request', () => {
  it('the query is parsed once, for any number of its parameters', () => {
    const view = nodeRequestView({ method: 'GET', url: '/?a=b' })
    const first = view.query
    expect(view.query).toBe(first)
  })
})
