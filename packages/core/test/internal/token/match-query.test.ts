import { describe, expect, it } from 'vitest'
import type { Op, Predicate, Query, Term } from '../../../src/internal/token/datalog.ts'
import * as pattern from '../../../src/internal/token/match-query.ts'

// Every way in which a query can differ from a pattern by one thing.

const name = (name: string): Term => ({ type: 'variable', name })
const text = (value: string): Term => ({ type: 'string', value })
const integer = (value: bigint): Term => ({ type: 'integer', value })
const value = (term: Term): Op => ({ type: 'value', term })
const binary = (kind: string): Op => ({ type: 'binary', kind })
const closure = (params: number, ...ops: readonly Op[]): Op => ({ type: 'closure', params, ops })
const fact = (name: string, ...terms: readonly Term[]): Predicate => ({ name, terms })
const query = (body: readonly Predicate[], ...expressions: readonly (readonly Op[])[]): Query => ({
  body,
  expressions,
  scopes: [],
})

/** `actor($a), $a == {one} || { $a.starts_with({other}) }`, with an integer at the end. */
const PATTERN: pattern.QueryPattern = {
  body: [
    ['actor', pattern.variable('a')],
    ['kind', pattern.text('job'), pattern.integer('n')],
  ],
  expression: [
    pattern.variable('a'),
    pattern.string('one'),
    pattern.binary('equal', 'heterogeneousEqual'),
    pattern.closure(pattern.variable('a'), pattern.string('other'), pattern.binary('prefix')),
    pattern.binary('lazyOr'),
  ],
}

function like({
  actor = fact('actor', name('a')),
  kind = fact('kind', text('job'), integer(7n)),
  first = value(name('a')),
  one = value(text('alice')),
  equal = binary('equal'),
  lazy = closure(0, value(name('a')), value(text('alice:')), binary('prefix')),
  or = binary('lazyOr'),
}: Partial<Record<'actor' | 'kind', Predicate> & Record<'first' | 'one' | 'equal' | 'lazy' | 'or', Op>> = {}): Query {
  return query([actor, kind], [first, one, equal, lazy, or])
}

const matches = (candidate: Query): boolean => pattern.matchQuery(candidate, PATTERN) !== undefined

describe('a query matches a pattern', () => {
  it('in exactly its form, and what differs is captured by name', () => {
    const captures = pattern.matchQuery(like(), PATTERN)
    expect([...(captures ?? [])]).toEqual([
      ['a', name('a')],
      ['n', integer(7n)],
      ['one', text('alice')],
      ['other', text('alice:')],
    ])
  })

  it.each([
    [
      'variables may have any name',
      like({
        actor: fact('actor', name('b')),
        first: value(name('b')),
        lazy: closure(0, value(name('b')), value(text('alice:')), binary('prefix')),
      }),
    ],
    ['another operator of the list', like({ equal: binary('heterogeneousEqual') })],
    ['two captures of one text', like({ lazy: closure(0, value(name('a')), value(text('alice')), binary('prefix')) })],
  ])('also if %s', (_, candidate) => {
    expect(matches(candidate)).toBe(true)
  })
})

describe('a query does not match a pattern', () => {
  it.each([
    ['another predicate', like({ actor: fact('subject', name('a')) })],
    ['one term too many', like({ actor: fact('actor', name('a'), name('a')) })],
    ['one term too few', like({ kind: fact('kind', text('job')) })],
    ['a text in place of a variable', like({ actor: fact('actor', text('a')) })],
    ['another text', like({ kind: fact('kind', text('step'), integer(7n)) })],
    ['a variable in place of a text', like({ kind: fact('kind', name('job'), integer(7n)) })],
    ['bytes in place of a text', like({ kind: fact('kind', { type: 'bytes', value: new Uint8Array() }, integer(7n)) })],
    ['a text in place of an integer', like({ kind: fact('kind', text('job'), text('7')) })],
    ['a date in place of an integer', like({ kind: fact('kind', text('job'), { type: 'date', value: 7n }) })],
    ['another variable the second time', like({ first: value(name('b')) })],
    ['a text the second time', like({ first: value(text('a')) })],
    ['another operator', like({ equal: binary('notEqual') })],
    ['a unary operator', like({ equal: { type: 'unary', kind: 'equal' } })],
    ['a value in place of an operator', like({ or: value(text('lazyOr')) })],
    ['an operator in place of a value', like({ one: binary('equal') })],
    ['a closure in place of a value', like({ one: closure(0) })],
    ['a value in place of a closure', like({ lazy: value(text('alice:')) })],
    [
      'a closure with a parameter',
      like({ lazy: closure(1, value(name('a')), value(text('alice:')), binary('prefix')) }),
    ],
    [
      'a closure with another operation',
      like({ lazy: closure(0, value(name('a')), value(text('alice:')), binary('suffix')) }),
    ],
    ['a closure that is shorter', like({ lazy: closure(0, value(name('a')), value(text('alice:'))) })],
  ])('with %s', (_, candidate) => {
    expect(matches(candidate)).toBe(false)
  })

  it('with one predicate or expression more or less', () => {
    const { body, expressions } = like()
    const [expression = []] = expressions
    expect(matches(query([...body, fact('actor', name('a'))], expression))).toBe(false)
    expect(matches(query(body.slice(1), expression))).toBe(false)
    expect(matches(query(body))).toBe(false)
    expect(matches(query(body, expression, []))).toBe(false)
    expect(matches(query(body, expression.slice(1)))).toBe(false)
  })

  it('if two of its variables are one in the query', () => {
    const two: pattern.QueryPattern = { body: [['both', pattern.variable('a'), pattern.variable('b')]] }
    expect(pattern.matchQuery(query([fact('both', name('x'), name('y'))]), two)).toBeDefined()
    expect(pattern.matchQuery(query([fact('both', name('x'), name('x'))]), two)).toBeUndefined()
  })
})
