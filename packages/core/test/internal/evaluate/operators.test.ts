import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../src/internal/evaluate/expression.ts'
import { Work } from '../../../src/internal/evaluate/work.ts'
import { type Expression, type Term, termKey } from '../../../src/internal/token/datalog.ts'

// Every operator on every pair of types: what is not in the table is an error of the expression, never a value.

const integer = (value: bigint | number): Term => ({ type: 'integer', value: BigInt(value) })
const date = (value: bigint | number): Term => ({ type: 'date', value: BigInt(value) })
const string = (value: string): Term => ({ type: 'string', value })
const bool = (value: boolean): Term => ({ type: 'bool', value })
const bytes = (...value: readonly number[]): Term => ({ type: 'bytes', value: Uint8Array.from(value) })
const set = (...terms: readonly Term[]): Term => ({
  type: 'set',
  elements: new Map(terms.map((term) => [termKey(term), term])),
})
const none: Term = { type: 'null' }

const SAMPLES: readonly Term[] = [
  integer(1),
  integer(2),
  date(1),
  date(2),
  string('a'),
  string('ab'),
  bool(true),
  bool(false),
  bytes(1),
  bytes(1, 2),
  set(integer(1)),
  set(integer(1), integer(2)),
  set(string('a')),
  none,
]

function run(...ops: Expression): Term | undefined {
  return evaluate(ops, new Map(), new Work(10_000))
}

const binary = (kind: string, left: Term, right: Term) =>
  run({ type: 'value', term: left }, { type: 'value', term: right }, { type: 'binary', kind })
const unary = (kind: string, term: Term) => run({ type: 'value', term }, { type: 'unary', kind })

const BINARY = [
  'lessThan',
  'greaterThan',
  'lessOrEqual',
  'greaterOrEqual',
  'strictEqual',
  'strictNotEqual',
  'equal',
  'notEqual',
  'add',
  'sub',
  'mul',
  'div',
  'bitwiseAnd',
  'bitwiseOr',
  'bitwiseXor',
  'and',
  'or',
  'prefix',
  'suffix',
  'contains',
  'intersection',
  'union',
  'lazyAnd',
  'lazyOr',
  'regex',
  'all',
  'any',
  'get',
  'ffi',
  'tryOr',
]

/** The pairs of types that an operator takes. */
function takes(kind: string, { type: left }: Term, { type: right }: Term): boolean {
  if (/^(less|greater)/.test(kind)) return left === right && (left === 'integer' || left === 'date')
  if (/^strict/.test(kind)) return left === right
  if (kind === 'equal' || kind === 'notEqual') return true
  if (kind === 'add' && left === 'string') return right === 'string'
  if (/^(add|sub|mul|div|bitwise.*)$/.test(kind)) return left === 'integer' && right === 'integer'
  if (kind === 'and' || kind === 'or') return left === 'bool' && right === 'bool'
  if (kind === 'contains' && left === 'set') return right !== 'null'
  if (/^(prefix|suffix|contains)$/.test(kind)) return left === 'string' && right === 'string'
  if (kind === 'intersection' || kind === 'union') return left === 'set' && right === 'set'
  return false
}

describe('a binary operator', () => {
  it.each(BINARY)('the operator %s takes its types and no others', (kind) => {
    for (const left of SAMPLES) {
      for (const right of SAMPLES) {
        expect([left, right, binary(kind, left, right) !== undefined]).toEqual([left, right, takes(kind, left, right)])
      }
    }
  })

  it.each<[string, Term, Term, boolean | Term | undefined]>([
    ...(
      [
        ['lessThan', [true, false, false]],
        ['lessOrEqual', [true, true, false]],
        ['greaterThan', [false, false, true]],
        ['greaterOrEqual', [false, true, true]],
      ] as const
    ).flatMap(([kind, results]) =>
      [integer, date].flatMap((make) =>
        [1, 2, 3].map((left, index): [string, Term, Term, boolean] => [kind, make(left), make(2), results[index]!]),
      ),
    ),
    ['add', integer(2), integer(3), integer(5)],
    ['sub', integer(2), integer(3), integer(-1)],
    ['mul', integer(2), integer(-3), integer(-6)],
    ['div', integer(-7), integer(2), integer(-3)],
    ['div', integer(1), integer(0), undefined],
    ['div', integer(0), integer(1), integer(0)],
    ['add', integer(2n ** 63n - 1n), integer(0), integer(2n ** 63n - 1n)],
    ['add', integer(2n ** 63n - 1n), integer(1), undefined],
    ['sub', integer(-(2n ** 63n)), integer(0), integer(-(2n ** 63n))],
    ['sub', integer(-(2n ** 63n)), integer(1), undefined],
    ['bitwiseAnd', integer(6), integer(3), integer(2)],
    ['bitwiseOr', integer(6), integer(3), integer(7)],
    ['bitwiseXor', integer(6), integer(3), integer(5)],
    ['and', bool(true), bool(true), true],
    ['and', bool(true), bool(false), false],
    ['and', bool(false), bool(true), false],
    ['and', bool(false), bool(false), false],
    ['or', bool(true), bool(true), true],
    ['or', bool(true), bool(false), true],
    ['or', bool(false), bool(true), true],
    ['or', bool(false), bool(false), false],
    ['add', string('a'), string('b'), string('ab')],
    ['prefix', string('ab'), string('a'), true],
    ['prefix', string('ab'), string('b'), false],
    ['suffix', string('ab'), string('b'), true],
    ['suffix', string('ab'), string('a'), false],
    ['contains', string('abc'), string('b'), true],
    ['contains', string('abc'), string('ac'), false],
    ['contains', set(integer(1)), integer(1), true],
    ['contains', set(integer(1)), integer(2), false],
    ['contains', set(integer(1)), string('1'), false],
    ['contains', set(bytes(1, 2)), bytes(1, 2), true],
    ['contains', set(bytes(1, 2)), bytes(12), false],
    ['contains', set(integer(1), integer(2)), set(integer(2)), true],
    ['contains', set(integer(1), integer(2)), set(integer(2), integer(3)), false],
    ['contains', set(integer(1)), set(), true],
    ['intersection', set(integer(1), integer(2)), set(integer(2), integer(3)), set(integer(2))],
    ['union', set(integer(1)), set(integer(2)), set(integer(1), integer(2))],
  ])('the operator %s of %o and %o gives %o', (kind, left, right, result) => {
    expect(binary(kind, left, right)).toEqual(typeof result === 'boolean' ? bool(result) : result)
  })

  it.each(['strictEqual', 'equal'])('%s is true of a term and itself, and false of two different terms', (kind) => {
    const opposite = kind === 'equal' ? 'notEqual' : 'strictNotEqual'
    for (const [index, left] of SAMPLES.entries()) {
      for (const [other, right] of SAMPLES.entries()) {
        if (kind === 'strictEqual' && left.type !== right.type) continue
        expect(binary(kind, left, right)).toEqual(bool(index === other))
        expect(binary(opposite, left, right)).toEqual(bool(index !== other))
      }
    }
  })
})

describe('a unary operator', () => {
  it.each<[string, (term: Term) => Term | undefined]>([
    ['negate', (term) => (term.type === 'bool' ? bool(!term.value) : undefined)],
    ['parens', (term) => term],
    ['type', ({ type }) => string(type)],
    ['ffi', () => undefined],
  ])('the unary operator %s takes its types and no others', (kind, expected) => {
    for (const term of SAMPLES) expect(unary(kind, term)).toEqual(expected(term))
  })

  it('the operator length counts bytes and members', () => {
    const lengths = SAMPLES.map((term) => unary('length', term))
    const counts = SAMPLES.map((term) =>
      term.type === 'string' || term.type === 'bytes'
        ? integer(term.value.length)
        : term.type === 'set'
          ? integer(term.elements.size)
          : undefined,
    )
    expect(lengths).toEqual(counts)
    expect(unary('length', string('aé€😀'))).toEqual(integer(10))
    expect(unary('length', string('\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff'))).toEqual(integer(1 + 2 + 2 + 3 * 4))
  })
})

describe('a lazy operator', () => {
  const lazy = (left: Term, kind: string, ...ops: Expression) =>
    run({ type: 'value', term: left }, { type: 'closure', params: 0, ops }, { type: 'binary', kind })
  const [yes, no] = [true, false].map((value) => ({ type: 'value', term: bool(value) }) as const)

  it('a lazy operator runs its right side only where the left side does not decide', () => {
    const results = ['lazyAnd', 'lazyOr'].flatMap((kind) =>
      [true, false].flatMap((left) => [yes!, no!].map((right) => lazy(bool(left), kind, right))),
    )
    expect(results).toEqual([true, false, false, false, true, true, true, false].map(bool))
    expect(lazy(bool(false), 'lazyAnd')).toEqual(bool(false))
    expect(lazy(bool(true), 'lazyOr')).toEqual(bool(true))
    expect(lazy(bool(true), 'lazyAnd')).toBe(undefined)
    expect(lazy(bool(false), 'lazyOr')).toBe(undefined)
  })

  it('only lazy operators take a closure, with a boolean on the left', () => {
    for (const kind of BINARY) {
      for (const left of SAMPLES) {
        const expected = left.type === 'bool' && (kind === 'lazyAnd' || kind === 'lazyOr')
        expect([kind, left, lazy(left, kind, yes!) !== undefined]).toEqual([kind, left, expected])
      }
    }
  })
})

describe('the stack', () => {
  const one = { type: 'value', term: integer(1) } as const
  const closure = { type: 'closure', params: 0, ops: [one] } as const
  const add = { type: 'binary', kind: 'add' } as const

  it.each<[string, Expression]>([
    ['nothing', []],
    ['two values', [one, one]],
    ['a closure', [closure]],
    ['a closure and a value', [closure, one]],
    ['a value and a closure', [one, closure]],
    ['an operator without operands', [add]],
    ['an operator with one operand', [one, add]],
    ['a unary operator without operand', [{ type: 'unary', kind: 'parens' }]],
    ['a unary operator of a closure', [closure, { type: 'unary', kind: 'parens' }]],
    ['a closure on the left', [closure, one, add]],
    ['two closures', [closure, closure, { type: 'binary', kind: 'lazyAnd' }]],
    ['an unbound variable', [{ type: 'value', term: { type: 'variable', name: 'x' } }]],
  ])('an expression that consists of %s is an error', (_name, expression) => {
    expect(run(...expression)).toBe(undefined)
  })

  it('a closure never stands for a value', () => {
    for (const kind of BINARY) expect([kind, run(closure, one, { type: 'binary', kind })]).toEqual([kind, undefined])
    for (const kind of ['negate', 'parens', 'length', 'type']) {
      const both = [closure, { type: 'unary', kind }] as const
      expect([kind, run(...both)]).toEqual([kind, undefined])
      const yes = { type: 'value', term: bool(true) } as const
      expect([kind, run(yes, ...both, { type: 'binary', kind: 'lazyAnd' })]).toEqual([kind, undefined])
    }
  })

  it('the stack holds the value that a variable is bound to', () => {
    const bound = new Map([['x', integer(7)]])
    const variable = { type: 'value', term: { type: 'variable', name: 'x' } } as const
    expect(evaluate([variable, one, add], bound, new Work(100))).toEqual(integer(8))
  })
})
