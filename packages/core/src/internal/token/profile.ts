import { CapabilityError } from '../../capability-error.ts'
import { type Expression, isString, type Predicate, type Rule, type Scope, type Term } from './datalog.ts'
import type { Token } from './decode-token.ts'

/** Operators that the profile leaves out: patterns and functions whose work cannot be counted, and accessors of arrays and maps. */
const UNSUPPORTED_OPERATORS: ReadonlySet<string> = new Set(['regex', 'ffi', 'all', 'any', 'get', 'tryOr'])

const MAX_CLOSURE_DEPTH = 4

/**
 * Refuses whatever the evaluator does not implement: what is not understood must not be ignored, and not be guessed.
 *
 * Errors: `unsupported_block`.
 */
export function assertProfile(token: Token): void {
  assertStatements(token, (rules, scopes) => {
    // A scope of the block would be the rule's as well.
    return rules.length <= (scopes.length === 0 ? 1 : 0) && rules.every(isNamespaceRule)
  })
}

/**
 * As `assertProfile`, for whoever only shows a token: rules of a service chain, which nobody evaluates, may stand in the
 * authority block.
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

/** One service of a chain, as older tokens name them: whose key has to have signed `service(s)`. */
export interface ChainNode {
  readonly component: string
  readonly publicKey: string
}

/** Reads exactly `node($s, {component}) <- service($s) trusting {publicKey}`; `undefined` for any other rule. */
export function chainNode({ head, body, expressions, scopes }: Rule): ChainNode | undefined {
  const [service, ...otherPredicates] = body
  const [scope, ...otherScopes] = scopes
  const [variable, component, ...otherTerms] = head.terms
  const isPlain = otherPredicates.length + otherScopes.length + otherTerms.length + expressions.length === 0
  if (!isPlain || head.name !== 'node' || !isString(component) || scope?.type !== 'key') return undefined
  if (!isVariables(service, 'service', 1) || variableName(variable) !== variableName(service?.terms[0]))
    return undefined
  return { component: component.value, publicKey: scope.publicKey }
}

/** Exactly `subject($d, $s) <- namespace($d), subject($s)`: the one rule that minters of identities have emitted. */
function isNamespaceRule({ head, body, expressions, scopes }: Rule): boolean {
  const [namespace, subject] = body
  const [domain, name] = head.terms
  return (
    scopes.length === 0 &&
    expressions.length === 0 &&
    body.length === 2 &&
    isVariables(head, 'subject', 2) &&
    isVariables(namespace, 'namespace', 1) &&
    isVariables(subject, 'subject', 1) &&
    variableName(domain) !== variableName(name) &&
    variableName(domain) === variableName(namespace?.terms[0]) &&
    variableName(name) === variableName(subject?.terms[0])
  )
}

function isVariables(predicate: Predicate | undefined, name: string, arity: number): boolean {
  return (
    predicate?.name === name &&
    predicate.terms.length === arity &&
    predicate.terms.every(({ type }) => type === 'variable')
  )
}

function variableName(term: Term | undefined): string | undefined {
  return term?.type === 'variable' ? term.name : undefined
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
