import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findToken } from '../src/internal/find-token.ts'
import { view } from './support.ts'

const bearer = (...authorization: string[]) => findToken(view({ authorization }), { header: 'authorization' })

describe('the credential of a request', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['bEaReR   abc', 'abc'],
    [' Bearer abc ', 'abc'],
    ['\tBearer abc\t', 'abc'],
    ['Bearer abc def', 'abc def'],
    ['Bearer\tabc', '\tabc'],
    ['Bearer:abc', ':abc'],
    ['Bearer\u00a0', '\u00a0'],
  ])('%j presents %j', (header, token) => {
    expect(bearer(header)).toEqual({ token })
  })

  it.each([
    [[]],
    [['']],
    [['Bearer']],
    [['Bearer ']],
    [['Bearer\t']],
    [['Basic abc']],
    [['BearerX abc']],
    [['Bearer-X abc']],
    [['Digest a="b", c="d"']],
    [['abc']],
    [['Basic abc', 'Digest def']],
  ])('%j presents no credential', (headers) => {
    expect(bearer(...headers)).toBe('none')
  })

  it.each([
    [['Bearer abc', 'Bearer abc']],
    [['Bearer abc', 'Bearer def']],
    [['Basic abc', 'Bearer def']],
    [['Bearer abc', '']],
    [['Bearer', 'Bearer abc']],
    [['Bearer abc, Bearer def']],
    [['Bearer abc,']],
    [['Basic abc,bearer def']],
    [[',Bearer abc']],
  ])('%j presents more than one credential', (headers) => {
    expect(bearer(...headers)).toBe('several')
  })

  it('repeated headers and headers joined by a proxy present the same', () => {
    const part = fc.constantFrom('Bearer abc', 'bearer def', 'Bearer', 'Basic abc', '', 'Digest a="b"')
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (headers) => {
        expect(bearer(headers.join(', '))).toEqual(bearer(...headers))
      }),
    )
  })

  it('with tokenFrom, the token is found alone in that header', () => {
    const own = (...values: string[]) =>
      findToken(view({ header: (name) => (name === 'x-token' ? values : ['Bearer abc']) }), { header: 'x-token' })
    expect(own('abc')).toEqual({ token: 'abc' })
    expect(own(' abc ')).toEqual({ token: 'abc' })
    expect(own('Bearer abc')).toEqual({ token: 'Bearer abc' })
    expect(own()).toBe('none')
    expect(own(' ')).toBe('none')
    expect(own('abc', 'abc')).toBe('several')
  })
})
