import { type Check, type Expression, type Op, type Predicate, type Query, sameTerm, type Term } from './datalog.ts'

/** A term of a pattern: any variable, string or integer, captured by `name`; or exactly one string. */
type TermPattern =
  | { readonly type: 'variable' | 'string' | 'integer'; readonly name: string }
  | { readonly type: 'text'; readonly value: string }

/** An operation of a pattern: a term, one of some binary operators, or a closure without parameters. */
type OpPattern =
  | TermPattern
  | { readonly type: 'binary'; readonly kinds: readonly string[] }
  | { readonly type: 'closure'; readonly ops: readonly OpPattern[] }

/** The exact form of a query: its predicates, and at most one expression. Scopes are ignored. */
export interface QueryPattern {
  readonly body: readonly (readonly [predicate: string, ...terms: TermPattern[]])[]
  readonly expression?: readonly OpPattern[]
}

/** What a pattern has captured, by name. */
export type Captures = ReadonlyMap<string, Term>

export const variable = (name: string): TermPattern => ({ type: 'variable', name })
export const string = (name: string): TermPattern => ({ type: 'string', name })
export const integer = (name: string): TermPattern => ({ type: 'integer', name })
export const text = (value: string): TermPattern => ({ type: 'text', value })
export const binary = (...kinds: readonly string[]): OpPattern => ({ type: 'binary', kinds })
export const closure = (...ops: readonly OpPattern[]): OpPattern => ({ type: 'closure', ops })

/** The query of a check of kind `wanted` that has exactly one query. */
export function onlyQuery({ kind, queries: [query, ...others] }: Check, wanted: Check['kind']): Query | undefined {
  return kind === wanted && others.length === 0 ? query : undefined
}

/**
 * Matches a query against a pattern; `undefined` unless it has exactly this form. A name that occurs twice must capture
 * the same term both times, and two variables of a pattern never capture the same variable.
 */
export function matchQuery({ body, expressions }: Query, pattern: QueryPattern): Captures | undefined {
  const wanted = pattern.body
  if (expressions.length > 1 || body.length !== wanted.length) return undefined
  for (let index = 0; index < body.length; index++) {
    if ((body[index] as Predicate).name !== wanted[index]?.[0]) return undefined
  }
  const captures = new Map<string, Term>()
  for (let index = 0; index < body.length; index++) {
    const [, ...terms] = wanted[index] as (typeof wanted)[number]
    if (!matchTerms((body[index] as Predicate).terms, terms, captures)) return undefined
  }
  return matchExpression(expressions[0] ?? [], pattern.expression ?? [], captures) ? captures : undefined
}

function matchTerms(terms: readonly Term[], patterns: readonly TermPattern[], captures: Map<string, Term>): boolean {
  return (
    terms.length === patterns.length && patterns.every((one, index) => matchTerm(terms[index] as Term, one, captures))
  )
}

function matchExpression(ops: Expression, patterns: readonly OpPattern[], captures: Map<string, Term>): boolean {
  return ops.length === patterns.length && patterns.every((one, index) => matchOp(ops[index] as Op, one, captures))
}

function matchOp(op: Op, pattern: OpPattern, captures: Map<string, Term>): boolean {
  if (pattern.type === 'binary') return op.type === 'binary' && pattern.kinds.includes(op.kind)
  if (pattern.type === 'closure') {
    return op.type === 'closure' && op.params === 0 && matchExpression(op.ops, pattern.ops, captures)
  }
  return op.type === 'value' && matchTerm(op.term, pattern, captures)
}

function matchTerm(term: Term, pattern: TermPattern, captures: Map<string, Term>): boolean {
  if (pattern.type === 'text') return sameTerm(term, { type: 'string', value: pattern.value })
  if (term.type !== pattern.type) return false
  const captured = captures.get(pattern.name)
  if (captured !== undefined) return isSame(captured, term)
  if (term.type === 'variable' && [...captures.values()].some((other) => isSame(other, term))) return false
  captures.set(pattern.name, term)
  return true
}

function isSame(a: Term, b: Term): boolean {
  return a.type === 'variable' ? b.type === 'variable' && a.name === b.name : sameTerm(a, b)
}
