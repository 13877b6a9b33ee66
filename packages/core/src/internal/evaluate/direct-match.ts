import { isString, type Query } from '../token/datalog.ts'
import { binary, integer, matchQuery, type QueryPattern, variable } from '../token/match-query.ts'
import { assertedAs, designationOf } from './assertions.ts'
import type { Given } from './given.ts'
import type { Outcome } from './match.ts'
import { termSteps, type Work } from './work.ts'

/** Matches a query with the verifier's facts. */
type MatchGiven = (given: Given, work: Work) => Outcome

const NO_MATCH: Outcome = Object.freeze({ accepted: 0, denied: 0, failed: false })
const ACCEPTED: Outcome = Object.freeze({ accepted: 1, denied: 0, failed: false })
const DENIED: Outcome = Object.freeze({ accepted: 0, denied: 1, failed: false })

/**
 * Matches a query of one predicate without making facts, if it has one of the common forms; otherwise `undefined`. The
 * steps are those of `match`: one for the query; for each fact one, those of the attempt, and those of the expression.
 */
export function directMatch(query: Query): MatchGiven | undefined {
  return designationMatch(query) ?? textMatch(query) ?? exposureMatch(query) ?? timeMatch(query)
}

/** `designation({label}, {value})` */
function designationMatch({ body: [predicate], expressions }: Query): MatchGiven | undefined {
  const [label, value] = predicate?.terms ?? []
  if (predicate?.name !== 'designation' || predicate.terms.length !== 2 || expressions.length > 0) return undefined
  if (!isString(label) || !isString(value)) return undefined
  const steps = 1 + 1 + 2 + termSteps(label) + termSteps(value)
  return ({ assertions }, work) => {
    const asserted = designationOf(label.value, assertions)
    // Facts about another label are not looked at.
    work.spend(asserted === undefined ? 1 : steps)
    return asserted === value.value ? ACCEPTED : NO_MATCH
  }
}

/** `name({text})`, where a verifier asserts one text. */
function textMatch({ body: [predicate], expressions }: Query): MatchGiven | undefined {
  const member = predicate && assertedAs(predicate)?.text
  const wanted = predicate?.terms[0]
  if (member === undefined || !isString(wanted) || expressions.length > 0) return undefined
  const steps = 1 + 1 + 1 + termSteps(wanted)
  return ({ assertions }, work) => {
    const isSame = assertions[member] === wanted.value
    // A fact of another text is not looked at.
    work.spend(isSame ? steps : 1)
    return isSame ? ACCEPTED : NO_MATCH
  }
}

/** `exposure({label})` */
function exposureMatch({ body: [predicate], expressions }: Query): MatchGiven | undefined {
  const label = predicate?.terms[0]
  if (predicate?.name !== 'exposure' || predicate.terms.length !== 1 || expressions.length > 0) return undefined
  if (!isString(label)) return undefined
  const steps = 1 + 1 + termSteps(label)
  return ({ assertions: { exposures = [] } }, work) => {
    const same = exposures.filter((exposure) => exposure === label.value).length
    work.spend(1 + same * steps)
    return same > 0 ? ACCEPTED : NO_MATCH
  }
}

/** `time($t), $t < {end}`, and with `<=`. */
const BEFORE: QueryPattern = {
  body: [['time', variable('time')]],
  expression: [variable('time'), integer('end'), binary('lessThan', 'lessOrEqual')],
}

function timeMatch(query: Query): MatchGiven | undefined {
  const end = matchQuery(query, BEFORE)?.get('end')
  if (end?.type !== 'integer') return undefined
  const last = query.expressions[0]?.at(-1)
  const isInclusive = last?.type === 'binary' && last.kind === 'lessOrEqual'
  // A number is compared faster, and exactly if it is a safe one.
  const limit = Number.isSafeInteger(Number(end.value)) ? Number(end.value) : end.value
  return ({ assertions: { time } }, work) => {
    work.spend(1 + 1 + 1 + 3)
    return (isInclusive ? time <= limit : time < limit) ? ACCEPTED : DENIED
  }
}
