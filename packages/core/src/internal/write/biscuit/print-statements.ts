import type { Check, Expression, Predicate, Query, Term } from '../../token/datalog.ts'
import type { Statements } from '../statements.ts'
import type { BiscuitBuilderObject, BiscuitLibrary, CheckObject, StatementObject } from './library.ts'
import type { Own } from './with-biscuit.ts'

/**
 * Adds statements to a block of the library, which takes text. Names of predicates and variables are constants of this
 * package. Every other string is a parameter of the text, so that no value is ever read as Datalog. Parameters are set
 * per statement, because the library's way of setting those of a whole block takes a string such as `ed25519/...` for a
 * key, and breaks on it.
 */
export function addStatements(
  library: BiscuitLibrary,
  own: Own,
  block: BiscuitBuilderObject,
  { facts, checks }: Statements,
): void {
  for (const fact of facts) {
    const text = new Template()
    const statement = own(library.Fact.fromString(text.predicate(fact)))
    block.addFact(text.setStrings(statement))
  }
  for (const check of checks) {
    const text = new Template()
    const statement = own(library.Check.fromString(text.check(check)))
    block.addCheck(text.setKeys(text.setStrings(statement)))
  }
}

const KINDS: Readonly<Record<Check['kind'], string>> = { one: 'check if', all: 'check all', reject: 'reject if' }
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['lessThan', '<'],
  ['lessOrEqual', '<='],
  ['equal', '=='],
  ['add', '+'],
  ['lazyOr', '||'],
])

/** Prints one statement, and keeps what its parameters stand for. */
class Template {
  readonly #strings: string[] = []
  readonly #keys: string[] = []

  predicate({ name, terms }: Predicate): string {
    return `${name}(${terms.map((term) => this.#term(term)).join(', ')})`
  }

  check({ kind, queries }: Check): string {
    return `${KINDS[kind]} ${queries.map((query) => this.#query(query)).join(' or ')}`
  }

  setStrings<Statement extends StatementObject>(statement: Statement): Statement {
    for (const [index, value] of this.#strings.entries()) statement.set(`s${index}`, value)
    return statement
  }

  setKeys(check: CheckObject): CheckObject {
    for (const [index, key] of this.#keys.entries()) check.setScope(`k${index}`, key)
    return check
  }

  #query({ body, expressions, scopes }: Query): string {
    const conditions = [
      ...body.map((predicate) => this.predicate(predicate)),
      ...expressions.map((ops) => this.#expression(ops)),
    ].join(', ')
    const keys = scopes.map((scope) => {
      if (scope.type !== 'key') throw unprintable(scope.type)
      return `{k${this.#keys.push(scope.publicKey) - 1}}`
    })
    return keys.length === 0 ? conditions : `${conditions} trusting ${keys.join(', ')}`
  }

  #term(term: Term): string {
    switch (term.type) {
      case 'variable':
        return `$${term.name}`
      case 'string':
        return `{s${this.#strings.push(term.value) - 1}}`
      case 'integer':
        return String(term.value)
      default:
        throw unprintable(term.type)
    }
  }

  /** Prints without parentheses: no expression of this package needs any. */
  #expression(ops: Expression): string {
    const stack: string[] = []
    for (const op of ops) {
      if (op.type === 'value') stack.push(this.#term(op.term))
      else if (op.type === 'closure') stack.push(this.#expression(op.ops))
      else if (op.type === 'unary') throw unprintable(op.kind)
      else {
        const [right, left] = [stack.pop(), stack.pop()]
        const operator = OPERATORS.get(op.kind)
        if (op.kind === 'prefix') stack.push(`${left}.starts_with(${right})`)
        else if (operator === undefined) throw unprintable(op.kind)
        else stack.push(`${left} ${operator} ${right}`)
      }
    }
    return stack.join()
  }
}

function unprintable(what: string): TypeError {
  return new TypeError(`no statement of this package has ${what}`)
}
