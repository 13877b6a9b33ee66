import { CapabilityError } from '../base/capability-error.ts'
import { type Expression, isString, type Predicate, type Rule, type Scope, type Term } from './datalog.ts'
import type { Token } from './decode-token.ts'
import { type Captures, matchQuery, type QueryPattern, string, variable } from './match-query.ts'

/**
 * Operators outside the profile: regular expressions and functions whose work cannot be counted, and those of arrays
 * and maps.
 */
const UNSUPPORTED_OPERATORS: ReadonlySet<string> = new Set(['regex', 'ffi', 'all', 'any', 'get', 'tryOr'])

const MAX_CLOSURE_DEPTH = 4

/**
 * Refuses everything that the evaluator does not implement. A statement that is not understood must not be ignored or
 * guessed.
 *
 * @throws `CapabilityError`: `unsupported_block`.
 */
export function assertProfile(token: Token): void {
  assertStatements(token, (rules, scopes) => {
    // A scope of the block would apply to the rule as well.
    return rules.length <= (scopes.length === 0 ? 1 : 0) && rules.every(isNamespaceRule)
  })
}

/**
 * As `assertProfile`, for showing a token: the authority block may also have rules of a service chain, which are never
 * evaluated.
 */
export function assertShowable(token: Token): void {
  assertStatements(token, (rules) => rules.every((rule) => isNamespaceRule(rule) || chainNode(rule) !== undefined))
}

function assertStatements(
  { blocks }: Token,
  areSupported: (rules: readonly Rule[], scopes: readonly Scope[]) => boolean,
) {
  for (const [index, { content }] of blocks.entries()) {
    const supported =
      content.facts.every(isSupportedPredicate) &&
      content.checks.every(({ queries }) => queries.every(isSupportedQuery)) &&
      (index === 0 ? areSupported(content.rules, content.scopes) : content.rules.length === 0)
    if (!supported) throw new CapabilityError('unsupported_block', { block: index })
  }
}

/** One service of a chain, as older tokens name it. The holder of its key must have signed `service(s)`. */
export interface ChainNode {
  readonly component: string
  readonly publicKey: string
}

/** `node($s, {component}) <- service($s) trusting {publicKey}` */
const CHAIN_NODE: QueryPattern = {
  body: [
    ['node', variable('service'), string('component')],
    ['service', variable('service')],
  ],
}

/** Reads a rule of exactly this form; `undefined` for any other. */
export function chainNode(rule: Rule): ChainNode | undefined {
  const [scope, ...otherScopes] = rule.scopes
  const component = matchRule(rule, CHAIN_NODE)?.get('component')
  if (!isString(component) || scope?.type !== 'key' || otherScopes.length > 0) return undefined
  return { component: component.value, publicKey: scope.publicKey }
}

/** `subject($d, $s) <- namespace($d), subject($s)`: the only rule that minters of identities have ever written. */
const NAMESPACE_RULE: QueryPattern = {
  body: [
    ['subject', variable('domain'), variable('name')],
    ['namespace', variable('domain')],
    ['subject', variable('name')],
  ],
}

function isNamespaceRule(rule: Rule): boolean {
  return rule.scopes.length === 0 && matchRule(rule, NAMESPACE_RULE) !== undefined
}

/** Matches the head as the first predicate of the pattern, so that it shares variables with the body. */
function matchRule({ head, body, expressions, scopes }: Rule, pattern: QueryPattern): Captures | undefined {
  return matchQuery({ body: [head, ...body], expressions, scopes }, pattern)
}

/** A head with terms would add conditions to the query, so it is not supported. */
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
