import type { PublicKey } from '../../keys/internal/keys.ts'
import type { Check, Expression, Op, Predicate, Query, Term } from '../token/datalog.ts'

/** What a block will say, in the order in which it is written. */
export interface Statements {
  readonly facts: readonly Predicate[]
  readonly checks: readonly Check[]
}

/** Takes the statements of a block. */
export interface StatementWriter {
  fact(fact: Predicate): void
  check(check: Check): void
}

/** Collects the statements that `write` makes. */
export function statementsOf(write: (block: StatementWriter) => void): Statements {
  const facts: Predicate[] = []
  const checks: Check[] = []
  write({ fact: (fact) => void facts.push(fact), check: (check) => void checks.push(check) })
  return { facts, checks }
}

/** A predicate; strings and numbers become terms. */
export function predicate(name: string, ...terms: readonly (Term | string | number)[]): Predicate {
  return { name, terms: terms.map(termOf) }
}

export function variable(name: string): Term {
  return { type: 'variable', name }
}

/** `check if` with one query. */
export function checkIf(body: readonly Predicate[], { expression, trusting }: QueryParts = {}): Check {
  return { kind: 'one', queries: [queryOf(body, { expression, trusting })] }
}

/** `reject if` with one query. */
export function rejectIf(body: readonly Predicate[]): Check {
  return { kind: 'reject', queries: [queryOf(body)] }
}

export interface QueryParts {
  readonly expression?: Expression | undefined
  /** The key for `trusting {key}`. */
  readonly trusting?: PublicKey | undefined
}

function queryOf(body: readonly Predicate[], { expression, trusting }: QueryParts = {}): Check['queries'][number] {
  return {
    head: QUERY,
    body,
    expressions: expression === undefined ? [] : [expression],
    scopes: trusting === undefined ? [] : [{ type: 'key', publicKey: trusting.text }],
  } satisfies Query & { head: Predicate }
}

/** The head of every query of a check. It has no meaning, but the format has a place for it. */
const QUERY: Predicate = { name: 'query', terms: [] }

/** Pushes a value, in an expression. */
export function value(term: Term | string | number): Op {
  return { type: 'value', term: termOf(term) }
}

export function binary(kind: string): Op {
  return { type: 'binary', kind }
}

export function closure(...ops: Expression): Op {
  return { type: 'closure', params: 0, ops }
}

function termOf(given: Term | string | number): Term {
  if (typeof given === 'string') return { type: 'string', value: given }
  return typeof given === 'number' ? { type: 'integer', value: BigInt(given) } : given
}
