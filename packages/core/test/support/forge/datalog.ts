import type {
  BinaryName,
  Block,
  Check,
  Expression,
  Name,
  Op,
  Predicate,
  Query,
  Scope,
  Term,
  UnaryName,
} from './model.ts'

/** Small builders for the forge's model; they read like the Datalog that they make. */

export function variable(name: string): Term {
  return { variable: name }
}

export function date(seconds: number | bigint): Term {
  return { date: seconds }
}

export function set(...terms: readonly Term[]): Term {
  return { set: terms }
}

export function pred(name: Name, ...terms: readonly Term[]): Predicate {
  return { name, terms }
}

export function fact(name: Name, ...terms: readonly Term[]): Predicate {
  return pred(name, ...terms)
}

/** A term, or the operations of an expression, in postfix order. */
export type Operand = Term | Expression

export function binary(left: Operand, kind: BinaryName, right: Operand): Expression {
  return [...operation(left), ...operation(right), { binary: kind }]
}

export function unary(kind: UnaryName, operand: Operand): Expression {
  return [...operation(operand), { unary: kind }]
}

/** `&&` and `||` as current minters write them: the right side is a closure without parameters. */
export function lazy(left: Operand, kind: 'lazyAnd' | 'lazyOr', right: Operand): Expression {
  return [...operation(left), { closure: operation(right) }, { binary: kind }]
}

export function parens(operand: Operand): Expression {
  return unary('parens', operand)
}

function operation(operand: Operand): Expression {
  return isExpression(operand) ? operand : [{ value: operand } satisfies Op]
}

function isExpression(operand: Operand): operand is Expression {
  return Array.isArray(operand)
}

/** Predicates and expressions of one query, in any order. */
export type Part = Predicate | Expression

export function query(...parts: readonly Part[]): Query {
  const body = parts.filter((part): part is Predicate => !Array.isArray(part))
  const expressions = parts.filter((part): part is Expression => Array.isArray(part))
  return expressions.length === 0 ? { body } : { body, expressions }
}

export function trusting(base: Query, ...scope: readonly Scope[]): Query {
  return { ...base, scope }
}

/** `check if`, one query. */
export function checkIf(...parts: readonly Part[]): Check {
  return { queries: [query(...parts)] }
}

export function checkAll(...parts: readonly Part[]): Check {
  return { kind: 'all', queries: [query(...parts)] }
}

export function rejectIf(...parts: readonly Part[]): Check {
  return { kind: 'reject', queries: [query(...parts)] }
}

/** `check if A or B ...`. */
export function checkIfAny(...queries: readonly Query[]): Check {
  return { queries }
}

/** `check if designation({label}, {value})`, with scopes if given. */
export function designationCheck(label: string, value: string, ...scope: readonly Scope[]): Check {
  const bare = query(pred('designation', label, value))
  return { queries: [scope.length === 0 ? bare : trusting(bare, ...scope)] }
}

/** `check if time($time), $time < {expiration}`. */
export function timeCheck(expiration: number | bigint, name = 'time'): Check {
  return checkIf(pred('time', variable(name)), binary(variable(name), 'lessThan', expiration))
}

/** `check if activation($a) trusting {key}`. */
export function activationCheck(key: string): Check {
  return { queries: [trusting(query(pred('activation', variable('a'))), { key })] }
}

/** `check if resource($res), operation($op), right($sub, $res, $op)`. */
export function rightCheck(): Check {
  return checkIf(
    pred('resource', variable('res')),
    pred('operation', variable('op')),
    pred('right', variable('sub'), variable('res'), variable('op')),
  )
}

export interface CapabilityShape {
  readonly subject?: string
  readonly resource?: string
  readonly operation?: string
  /** Unix seconds; default 2000000000. */
  readonly expiration?: number
  readonly designations?: Readonly<Record<string, string>>
  readonly checks?: readonly Check[]
}

/** The authority block of a capability, statement for statement as minters write it. */
export function capabilityBlock(shape: CapabilityShape = {}): Block {
  const { subject = 'alice', resource = 'invoices', operation: op = 'read', expiration = 2_000_000_000 } = shape
  const designations = Object.entries(shape.designations ?? {})
  return {
    facts: [fact('right', subject, resource, op)],
    checks: [
      rightCheck(),
      timeCheck(expiration),
      ...designations.map(([label, value]) => designationCheck(label, value)),
      ...(shape.checks ?? []),
    ],
  }
}
