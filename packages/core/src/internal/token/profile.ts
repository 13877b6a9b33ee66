import { CapabilityError } from '../base/capability-error.ts'
import type { Expression, Predicate, Rule, Term } from './datalog.ts'
import type { Token } from './decode-token.ts'
import { matchQuery, type QueryPattern, variable } from './match-query.ts'

/** Operators that the profile leaves out: patterns and functions whose work cannot be counted, and accessors of arrays and maps. */
const UNSUPPORTED_OPERATORS: ReadonlySet<string> = new Set(['regex', 'ffi', 'all', 'any', 'get', 'tryOr'])

const MAX_CLOSURE_DEPTH = 4

/**
 * Refuses whatever the evaluator does not implement: what is not understood must not be ignored, and not be guessed.
 *
 * Errors: `unsupported_block`.
 */
export function assertProfile(token: Token): void {
  for (const [index, { content }] of token.blocks.entries()) {
    const supported =
      content.facts.every(isSupportedPredicate) &&
      content.checks.every(({ queries }) => queries.every(isSupportedQuery)) &&
      // A scope of the block would be the rule's as well.
      content.rules.length <= (index === 0 && content.scopes.length === 0 ? 1 : 0) &&
      content.rules.every(isNamespaceRule)
    if (!supported) throw new CapabilityError('unsupported_block', { block: index })
  }
}

/** `subject($d, $s) <- namespace($d), subject($s)`: the one rule that minters of identities have emitted. */
const NAMESPACE_RULE: QueryPattern = {
  body: [
    ['subject', variable('domain'), variable('name')],
    ['namespace', variable('domain')],
    ['subject', variable('name')],
  ],
}

function isNamespaceRule({ head, body, expressions, scopes }: Rule): boolean {
  // The head is held against the pattern as one more predicate, so that it has the same variables.
  return scopes.length === 0 && matchQuery({ body: [head, ...body], expressions, scopes }, NAMESPACE_RULE) !== undefined
}

/** A head with terms would add conditions of its own to the query. */
function isSupportedQuery({ head, body, expressions }: Rule): boolean {
  return (
    head.terms.length === 0 &&
    body.every(isSupportedPredicate) &&
    expressions.every((expression) => isSupportedExpression(expression, 0))
  )
}

function isSupportedExpression(expression: Expression, depth: number): boolean {
  return expression.every((op) => {
    if (op.type === 'value') return isSupportedTerm(op.term)
    if (op.type !== 'closure') return !UNSUPPORTED_OPERATORS.has(op.kind)
    return op.params === 0 && depth < MAX_CLOSURE_DEPTH && isSupportedExpression(op.ops, depth + 1)
  })
}

function isSupportedPredicate({ terms }: Predicate): boolean {
  return terms.every(isSupportedTerm)
}

function isSupportedTerm(term: Term): boolean {
  if (term.type === 'set') return [...term.elements.values()].every(isSupportedTerm)
  return term.type !== 'array' && term.type !== 'map'
}
