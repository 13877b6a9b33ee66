import { utf8Length } from '../base/bytes.ts'
import { isString, sameTerm, type Term, termKey } from '../token/datalog.ts'

/** `undefined` is an error of the expression: a wrong type, an overflow, a division by zero. */
type Binary = (left: Term, right: Term) => Term | undefined
type Unary = (value: Term) => Term | undefined

type SetTerm = Extract<Term, { type: 'set' }>

function bool(value: boolean): Term {
  return { type: 'bool', value }
}

/**
 * The operators of the Biscuit specification, "Operations". Lazy `&&` and `||` take a closure and are in
 * `expression.ts`.
 */
export const BINARY: ReadonlyMap<string, Binary> = new Map<string, Binary>([
  ['lessThan', comparison((left, right) => left < right)],
  ['greaterThan', comparison((left, right) => left > right)],
  ['lessOrEqual', comparison((left, right) => left <= right)],
  ['greaterOrEqual', comparison((left, right) => left >= right)],
  ['strictEqual', equality({ strict: true, equal: true })],
  ['strictNotEqual', equality({ strict: true, equal: false })],
  ['equal', equality({ strict: false, equal: true })],
  ['notEqual', equality({ strict: false, equal: false })],
  ['add', (left, right) => concatenation(left, right) ?? addition(left, right)],
  ['sub', arithmetic((left, right) => left - right)],
  ['mul', arithmetic((left, right) => left * right)],
  ['div', arithmetic((left, right) => (right === 0n ? undefined : left / right))],
  ['bitwiseAnd', arithmetic((left, right) => left & right)],
  ['bitwiseOr', arithmetic((left, right) => left | right)],
  ['bitwiseXor', arithmetic((left, right) => left ^ right)],
  [
    'and',
    (left, right) => (left.type === 'bool' && right.type === 'bool' ? bool(left.value && right.value) : undefined),
  ],
  [
    'or',
    (left, right) => (left.type === 'bool' && right.type === 'bool' ? bool(left.value || right.value) : undefined),
  ],
  ['prefix', strings((left, right) => left.startsWith(right))],
  ['suffix', strings((left, right) => left.endsWith(right))],
  ['contains', contains],
  ['intersection', sets((left, right) => [...left].filter(([key]) => right.has(key)))],
  ['union', sets((left, right) => [...left, ...right])],
])

export const UNARY: ReadonlyMap<string, Unary> = new Map<string, Unary>([
  ['negate', (value) => (value.type === 'bool' ? bool(!value.value) : undefined)],
  ['parens', (value) => value],
  ['length', length],
  ['type', (value) => ({ type: 'string', value: value.type })],
])

function comparison(test: (left: bigint, right: bigint) => boolean): Binary {
  return (left, right) => {
    if (left.type === 'integer' && right.type === 'integer') return bool(test(left.value, right.value))
    if (left.type === 'date' && right.type === 'date') return bool(test(left.value, right.value))
    return undefined
  }
}

/** Comparing two types is an error for strict equality, and false for lenient equality. */
function equality({ strict, equal }: { strict: boolean; equal: boolean }): Binary {
  return (left, right) => {
    if (strict && left.type !== right.type) return undefined
    return bool(sameTerm(left, right) === equal)
  }
}

function arithmetic(operation: (left: bigint, right: bigint) => bigint | undefined): Binary {
  return (left, right) => {
    if (left.type !== 'integer' || right.type !== 'integer') return undefined
    const value = operation(left.value, right.value)
    return value === undefined || BigInt.asIntN(64, value) !== value ? undefined : { type: 'integer', value }
  }
}

const addition = arithmetic((left, right) => left + right)

function concatenation(left: Term, right: Term): Term | undefined {
  return isString(left) && isString(right) ? { type: 'string', value: left.value + right.value } : undefined
}

function strings(test: (left: string, right: string) => boolean): Binary {
  return (left, right) => (isString(left) && isString(right) ? bool(test(left.value, right.value)) : undefined)
}

function sets(operation: (left: SetTerm['elements'], right: SetTerm['elements']) => [string, Term][]): Binary {
  return (left, right) =>
    left.type === 'set' && right.type === 'set'
      ? { type: 'set', elements: new Map(operation(left.elements, right.elements)) }
      : undefined
}

/** Whether the left side contains a substring, a subset or a member. Asking for null is an error. */
function contains(left: Term, right: Term): Term | undefined {
  if (isString(left) && isString(right)) return bool(left.value.includes(right.value))
  if (left.type !== 'set' || right.type === 'null') return undefined
  if (right.type === 'set') return bool([...right.elements.keys()].every((key) => left.elements.has(key)))
  return bool(left.elements.has(termKey(right)))
}

function length(value: Term): Term | undefined {
  if (isString(value)) return { type: 'integer', value: BigInt(utf8Length(value.value)) }
  if (value.type === 'bytes') return { type: 'integer', value: BigInt(value.value.length) }
  if (value.type === 'set') return { type: 'integer', value: BigInt(value.elements.size) }
  return undefined
}
