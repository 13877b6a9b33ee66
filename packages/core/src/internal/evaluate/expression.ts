import type { Expression, Term } from '../token/datalog.ts'
import { BINARY, UNARY } from './operators.ts'
import { termSteps, type Work } from './work.ts'

/** Values of the variables that a match has bound. */
export type Environment = ReadonlyMap<string, Term>

type StackItem = Term | { readonly type: 'closure'; readonly ops: Expression }

/**
 * Runs an expression on a stack machine. `undefined` is an error, for example if more than one value is left at the
 * end.
 */
export function evaluate(expression: Expression, environment: Environment, work: Work): Term | undefined {
  const stack: StackItem[] = []
  for (const op of expression) {
    work.spend(1)
    if (op.type === 'closure') {
      stack.push({ type: 'closure', ops: op.ops })
      continue
    }
    const result = op.type === 'value' ? resolve(op.term, environment) : operate(op, stack, environment, work)
    if (result === undefined) return undefined
    work.spend(termSteps(result))
    stack.push(result)
  }
  const [result, ...rest] = stack
  return result === undefined || result.type === 'closure' || rest.length > 0 ? undefined : result
}

function resolve(term: Term, environment: Environment): Term | undefined {
  return term.type === 'variable' ? environment.get(term.name) : term
}

function operate(
  op: { readonly type: 'unary' | 'binary'; readonly kind: string },
  stack: StackItem[],
  environment: Environment,
  work: Work,
): Term | undefined {
  const right = stack.pop()
  if (right === undefined) return undefined
  if (op.type === 'unary') return right.type === 'closure' ? undefined : UNARY.get(op.kind)?.(right)
  const left = stack.pop()
  if (left === undefined || left.type === 'closure') return undefined
  if (right.type === 'closure') return lazy(op.kind, left, right.ops, environment, work)
  work.spend(operandSteps(op.kind, left, right))
  return BINARY.get(op.kind)?.(left, right)
}

/** Searching a string in another may compare every part of one with every part of the other. */
function operandSteps(kind: string, left: Term, right: Term): number {
  const [a, b] = [termSteps(left), termSteps(right)]
  return kind === 'contains' && left.type === 'string' ? (1 + a) * (1 + b) : a + b
}

/** The right side runs only if the left side does not decide, so an error in it does not count otherwise. */
function lazy(kind: string, left: Term, ops: Expression, environment: Environment, work: Work): Term | undefined {
  if (left.type !== 'bool' || (kind !== 'lazyAnd' && kind !== 'lazyOr')) return undefined
  return left.value === (kind === 'lazyAnd') ? evaluate(ops, environment, work) : left
}
