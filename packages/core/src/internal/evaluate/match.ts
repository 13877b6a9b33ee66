import { type Predicate, type Query, sameTerm, type Term } from '../token/datalog.ts'
import { type Environment, evaluate } from './expression.ts'
import { termSteps, type Work } from './work.ts'
import { type Fact, sees, type Trust, type World } from './world.ts'

/** The result of a query over *all* of its matches, so that the order of facts does not matter. */
export interface Outcome {
  /** Matches of the body for which every expression is true. */
  readonly accepted: number
  /** Matches of the body for which an expression is false. */
  readonly denied: number
  /** Whether any expression failed to evaluate. */
  readonly failed: boolean
}

/**
 * Finds every way in which the visible facts satisfy the body, and evaluates the expressions for each.
 *
 * @param world - Where the facts come from: all facts, those of the token alone, or those of the verifier alone.
 */
export function match(query: Query, world: Pick<World, 'candidates'>, trust: Trust, work: Work): Outcome {
  work.spend(1)
  const candidates = query.body.map((predicate) => {
    const named = world.candidates(predicate)
    work.spend(named.length)
    return named.filter((fact) => sees(trust, fact))
  })
  const outcome = { accepted: 0, denied: 0, failed: false }
  const visit = (index: number, environment: Environment): void => {
    const predicate = query.body[index]
    if (predicate === undefined) {
      const verdict = holds(query, environment, work)
      if (verdict === undefined) outcome.failed = true
      else if (verdict) outcome.accepted++
      else outcome.denied++
      return
    }
    for (const fact of candidates[index] as readonly Fact[]) {
      const extended = unify(predicate, fact.predicate, environment, work)
      if (extended !== undefined) visit(index + 1, extended)
    }
  }
  visit(0, new Map())
  return outcome
}

/**
 * Whether all expressions are true. The first that is false decides; `undefined` if one before it fails or is not a
 * boolean.
 */
function holds({ expressions }: Query, environment: Environment, work: Work): boolean | undefined {
  for (const expression of expressions) {
    const result = evaluate(expression, environment, work)
    if (result?.type !== 'bool') return undefined
    if (!result.value) return false
  }
  return true
}

function unify(pattern: Predicate, fact: Predicate, environment: Environment, work: Work): Environment | undefined {
  // Wide predicates and copied environments are work as well: two terms cost about as much as an attempt.
  work.spend(1 + Math.floor(pattern.terms.length / 2))
  let extended: Map<string, Term> | undefined
  for (const [index, wanted] of pattern.terms.entries()) {
    const found = fact.terms[index] as Term
    const bound = wanted.type === 'variable' ? (extended ?? environment).get(wanted.name) : wanted
    if (bound !== undefined) {
      work.spend(termSteps(bound))
      if (!sameTerm(bound, found)) return undefined
    } else if (wanted.type === 'variable') {
      if (extended === undefined) {
        work.spend(Math.floor(environment.size / 2))
        extended = new Map(environment)
      }
      extended.set(wanted.name, found)
    }
  }
  return extended ?? environment
}
