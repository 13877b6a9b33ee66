import { isIdentityName } from '../../internal/base/identity-name.ts'
import type { PlacedCheck } from '../../internal/evaluate/check.ts'
import { type Expression, isString, type Op } from '../../internal/token/datalog.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'

/** `check if actor($a), $a == {name}`; an open one goes on with ` || $a.starts_with({name} + ":")`. */
export interface NameCheck {
  readonly name: string
  /** Whether also whoever is below that name may be spoken for. */
  readonly open: boolean
}

/** `check if actor_depth($d), $d <= {most}`. */
export interface DepthCheck {
  readonly most: bigint
}

/** Whether a predicate is one of the two that a verifier of identities asserts about the name. */
export function isAboutNames({ name }: { readonly name: string }): boolean {
  return name === 'actor' || name === 'actor_depth'
}

/**
 * Reads a check about the name, if it is of exactly a form that minters write, in the default scope, with a name that could have been
 * minted; `undefined` otherwise.
 */
export function readNameCheck(
  { check, block }: PlacedCheck,
  blocks: readonly SignedBlock[],
): NameCheck | DepthCheck | undefined {
  const [query, ...otherQueries] = check.queries
  if (check.kind !== 'one' || query === undefined || otherQueries.length > 0) return undefined
  if (query.scopes.length > 0 || blocks[block]?.content.scopes.length !== 0) return undefined
  const [predicate, ...otherPredicates] = query.body
  const [expression, ...otherExpressions] = query.expressions
  const [variable, ...otherTerms] = predicate?.terms ?? []
  if (otherPredicates.length > 0 || otherExpressions.length > 0 || otherTerms.length > 0) return undefined
  if (expression === undefined || variable?.type !== 'variable') return undefined
  return predicate?.name === 'actor' ? readName(expression, variable.name) : readDepth(expression, variable.name)
}

/** With the operators of older minters (`===`, eager `||`), or of current ones. */
function readName(expression: Expression, variable: string): NameCheck | undefined {
  const [left, right, equal, ...rest] = expression
  if (!isVariable(left, variable) || right?.type !== 'value' || !isString(right.term)) return undefined
  if (!isBinary(equal, 'equal') && !isBinary(equal, 'strictEqual')) return undefined
  const name = right.term.value
  const open = rest.length > 0
  return (!open || isOrPrefixed(rest, variable, name)) && isIdentityName(name, open) ? { name, open } : undefined
}

/** ` || $a.starts_with({name} + ":")` */
function isOrPrefixed(rest: Expression, variable: string, name: string): boolean {
  const [closure] = rest
  const or = rest.at(-1)
  if (closure?.type === 'closure') {
    return rest.length === 2 && isBinary(or, 'lazyOr') && isPrefixed(closure.ops, variable, name)
  }
  return isBinary(or, 'or') && isPrefixed(rest.slice(0, -1), variable, name)
}

function isPrefixed(expression: Expression, variable: string, name: string): boolean {
  const [left, right, delimiter, add, prefix] = expression
  return (
    expression.length === 5 &&
    isVariable(left, variable) &&
    isText(right, name) &&
    isText(delimiter, ':') &&
    isBinary(add, 'add') &&
    isBinary(prefix, 'prefix')
  )
}

function readDepth(expression: Expression, variable: string): DepthCheck | undefined {
  const [left, right, lessOrEqual] = expression
  if (expression.length !== 3 || !isVariable(left, variable) || !isBinary(lessOrEqual, 'lessOrEqual')) return undefined
  return right?.type === 'value' && right.term.type === 'integer' ? { most: right.term.value } : undefined
}

function isVariable(op: Op | undefined, name: string): boolean {
  return op?.type === 'value' && op.term.type === 'variable' && op.term.name === name
}

function isText(op: Op | undefined, value: string): boolean {
  return op?.type === 'value' && isString(op.term, value)
}

function isBinary(op: Op | undefined, kind: string): boolean {
  return op?.type === 'binary' && op.kind === kind
}
