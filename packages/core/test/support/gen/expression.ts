import { binary, lazy, parens, unary } from '../forge/datalog.ts'
import type { BinaryName, Expression, Term } from '../forge/model.ts'
import type { Draw } from './draw.ts'
import { ELEMENT_TYPES, setOf, TERM_TYPES, type TermType, termOf } from './terms.ts'

/**
 * An expression, and the value that it is meant to have: only to lean the generator towards tokens that are accepted. What it truly
 * has is for the reference implementation to say.
 */
export interface Typed {
  readonly ops: Expression
  readonly value: Term
}

/** A bound variable and the value it is meant to have. */
export interface Binding {
  readonly name: string
  readonly type: TermType
  readonly value: Term
}

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

const ARITHMETIC: readonly (readonly [BinaryName, (left: bigint, right: bigint) => bigint])[] = [
  ['add', (left, right) => left + right],
  ['sub', (left, right) => left - right],
  ['mul', (left, right) => left * right],
  ['div', (left, right) => (right === 0n ? MAX + 1n : left / right)],
  ['bitAnd', (left, right) => left & right],
  ['bitOr', (left, right) => left | right],
  ['bitXor', (left, right) => left ^ right],
]

const ORDER: readonly (readonly [BinaryName, (left: bigint, right: bigint) => boolean])[] = [
  ['lessThan', (left, right) => left < right],
  ['lessOrEqual', (left, right) => left <= right],
  ['greaterThan', (left, right) => left > right],
  ['greaterOrEqual', (left, right) => left >= right],
]

/** They do not end with one value. */
const BROKEN: readonly Expression[] = [
  [{ value: true }, { value: true }],
  [{ closure: [{ value: true }] }],
  [{ value: true }, { closure: [] }, { binary: 'lazyAnd' }],
  [{ value: true }, { binary: 'and' }],
  [{ unary: 'negate' }],
  [],
]

/** Generates expressions over the given variables. */
export class ExpressionSource {
  readonly #draw: Draw
  readonly #bindings: readonly Binding[]

  constructor(draw: Draw, bindings: readonly Binding[] = []) {
    this.#draw = draw
    this.#bindings = bindings
  }

  /** A boolean expression that is meant to be `wanted`. */
  truth(wanted: boolean, depth = 3): Expression {
    const { ops, value } = this.#boolean(wanted, depth)
    if (value === wanted) return ops
    return unary('negate', this.#draw.chance(50) ? parens(ops) : ops)
  }

  #boolean(wanted: boolean, depth: number): Typed {
    const shapes = depth > 0 ? 9 : 6
    switch (this.#draw.below(shapes)) {
      case 0:
        return this.#equality(depth)
      case 1:
        return this.#order('integer', depth)
      case 2:
        return this.#order('date', depth)
      case 3:
        return this.#text(depth)
      case 4:
        return this.#membership(depth)
      case 5:
        return this.#draw.chance(12) ? this.#mistake(depth) : this.#leaf('bool')
      case 6:
        return { ops: parens(this.truth(wanted, depth - 1)), value: wanted }
      default:
        return this.#connective(wanted, depth)
    }
  }

  #connective(wanted: boolean, depth: number): Typed {
    const isAnd = this.#draw.chance(50)
    const left = isAnd ? wanted || this.#draw.chance(50) : wanted && this.#draw.chance(50)
    const right = isAnd === left ? wanted : this.#draw.chance(50)
    const leftOps = this.truth(left, depth - 1)
    if (!this.#draw.chance(60)) {
      return { ops: binary(leftOps, isAnd ? 'and' : 'or', this.truth(right, depth - 1)), value: wanted }
    }
    // What a lazy operator skips may well be an error.
    const skipped = isAnd !== left && this.#draw.chance(25)
    const rightOps = skipped ? this.#mistake(depth - 1).ops : this.truth(right, depth - 1)
    return { ops: lazy(leftOps, isAnd ? 'lazyAnd' : 'lazyOr', rightOps), value: wanted }
  }

  #order(type: 'integer' | 'date', depth: number): Typed {
    const [left, right] = [this.#typed(type, depth - 1), this.#typed(type, depth - 1)]
    const [kind, holds] = this.#draw.pick(ORDER)
    return { ops: binary(left.ops, kind, right.ops), value: holds(number(left.value), number(right.value)) }
  }

  #equality(depth: number): Typed {
    const type = this.#draw.pick(TERM_TYPES)
    const left = this.#typed(type, depth - 1)
    const sameValue = this.#draw.chance(40)
    const mixed = !sameValue && this.#draw.chance(25)
    const right =
      sameValue && fits(left.value)
        ? literal(left.value)
        : this.#typed(mixed ? this.#draw.pick(TERM_TYPES) : type, depth - 1)
    // Strict equality of different types is an error.
    const kinds: readonly BinaryName[] = mixed
      ? ['equal', 'notEqual']
      : ['equal', 'notEqual', 'strictEqual', 'strictNotEqual']
    const kind = this.#draw.pick(kinds)
    const same = sameText(left.value) === sameText(right.value)
    return { ops: binary(left.ops, kind, right.ops), value: same === (kind === 'equal' || kind === 'strictEqual') }
  }

  #text(depth: number): Typed {
    const [left, right] = [this.#typed('string', depth - 1), this.#typed('string', depth - 1)]
    const [text, part] = [String(left.value), String(right.value)]
    switch (this.#draw.below(4)) {
      case 3: {
        const type = this.#draw.pick(TERM_TYPES)
        return { ops: binary(unary('type', this.#typed(type, depth - 1).ops), 'equal', type), value: true }
      }
      case 0:
        return { ops: binary(left.ops, 'startsWith', right.ops), value: text.startsWith(part) }
      case 1:
        return { ops: binary(left.ops, 'endsWith', right.ops), value: text.endsWith(part) }
      default:
        return { ops: binary(left.ops, 'contains', right.ops), value: text.includes(part) }
    }
  }

  #membership(depth: number): Typed {
    const element = this.#draw.pick(ELEMENT_TYPES)
    const container = this.#set(element, depth)
    const members = textsOf(container.value)
    if (this.#draw.chance(40)) {
      const part = this.#set(element, depth - 1)
      const value = [...textsOf(part.value)].every((text) => members.has(text))
      return { ops: binary(container.ops, 'contains', part.ops), value }
    }
    const [first] = isSet(container.value) ? container.value.set : []
    const member = first !== undefined && this.#draw.chance(50) ? literal(first) : this.#typed(element, depth - 1)
    return { ops: binary(container.ops, 'contains', member.ops), value: members.has(sameText(member.value)) }
  }

  /** An expression that is most likely an error. */
  #mistake(depth: number): Typed {
    if (this.#draw.chance(15)) return { ops: this.#draw.pick(BROKEN), value: true }
    const [left, right] = [this.#typed(this.#draw.pick(TERM_TYPES), depth - 1), this.#leaf(this.#draw.pick(TERM_TYPES))]
    const kinds: readonly BinaryName[] = [
      'lessThan',
      'strictEqual',
      'contains',
      'startsWith',
      'add',
      'and',
      'div',
      'mul',
    ]
    return { ops: binary(left.ops, this.#draw.pick(kinds), right.ops), value: true }
  }

  #typed(type: TermType, depth: number): Typed {
    if (depth <= 0 || this.#draw.chance(40)) return this.#leaf(type)
    if (type === 'integer') return this.#integer(depth)
    if (type === 'string') return this.#string(depth)
    if (type === 'set') return this.#set(this.#draw.pick(ELEMENT_TYPES), depth)
    if (type === 'bool') {
      const value = this.#draw.chance(50)
      return { ops: parens(this.truth(value, depth - 1)), value }
    }
    return this.#leaf(type)
  }

  #integer(depth: number): Typed {
    if (this.#draw.chance(25)) {
      const measured = this.#typed(this.#draw.pick(['string', 'bytes', 'set'] as const), depth - 1)
      return { ops: unary('length', measured.ops), value: lengthOf(measured.value) }
    }
    const [left, right] = [this.#typed('integer', depth - 1), this.#typed('integer', depth - 1)]
    const [kind, compute] = this.#draw.pick(ARITHMETIC)
    const value = compute(number(left.value), number(right.value))
    // Overflows and divisions by zero are errors; a few are enough.
    if ((value > MAX || value < MIN) && !this.#draw.chance(10)) return left
    return { ops: binary(left.ops, kind, right.ops), value }
  }

  #string(depth: number): Typed {
    if (this.#draw.chance(25)) {
      const type = this.#draw.pick(TERM_TYPES)
      return { ops: unary('type', this.#typed(type, depth - 1).ops), value: type }
    }
    const [left, right] = [this.#typed('string', depth - 1), this.#typed('string', depth - 1)]
    return { ops: binary(left.ops, 'add', right.ops), value: `${String(left.value)}${String(right.value)}` }
  }

  #set(element: TermType, depth: number): Typed {
    if (depth <= 0 || this.#draw.chance(60)) return literal(setOf(element, this.#draw))
    const [left, right] = [this.#set(element, depth - 1), this.#set(element, depth - 1)]
    const isUnion = this.#draw.chance(50)
    const [ours, theirs] = [isSet(left.value) ? left.value.set : [], isSet(right.value) ? right.value.set : []]
    const kept = isUnion ? [...ours, ...theirs] : ours.filter((term) => textsOf(right.value).has(sameText(term)))
    return { ops: binary(left.ops, isUnion ? 'union' : 'intersection', right.ops), value: { set: kept } }
  }

  #leaf(type: TermType): Typed {
    const bound = this.#bindings.filter((binding) => binding.type === type)
    if (bound.length > 0 && this.#draw.chance(60)) {
      const { name, value } = this.#draw.pick(bound)
      return { ops: [{ value: { variable: name } }], value }
    }
    return literal(termOf(type, this.#draw))
  }
}

function literal(term: Term): Typed {
  return { ops: [{ value: term }], value: term }
}

function isSet(term: Term): term is { readonly set: readonly Term[] } {
  return typeof term === 'object' && term !== null && !(term instanceof Uint8Array) && 'set' in term
}

function number(term: Term): bigint {
  if (typeof term === 'object' && term !== null && 'date' in term) return BigInt(term.date)
  return typeof term === 'bigint' || typeof term === 'number' ? BigInt(term) : 0n
}

/** An integer that overflowed is no term. */
function fits(term: Term): boolean {
  return typeof term !== 'bigint' || (term <= MAX && term >= MIN)
}

function lengthOf(term: Term): bigint {
  if (typeof term === 'string') return BigInt(Buffer.byteLength(term))
  return BigInt(term instanceof Uint8Array ? term.length : textsOf(term).size)
}

function textsOf(term: Term): ReadonlySet<string> {
  return new Set(isSet(term) ? term.set.map(sameText) : [])
}

/** One text a value, type included. */
function sameText(term: Term): string {
  if (isSet(term)) return `{${[...textsOf(term)].sort().join()}}`
  if (term instanceof Uint8Array) return `0x${Buffer.from(term).toString('hex')}`
  if (typeof term === 'object' && term !== null && 'date' in term) return `date ${term.date}`
  return `${typeof term === 'number' ? 'bigint' : typeof term} ${String(term)}`
}
