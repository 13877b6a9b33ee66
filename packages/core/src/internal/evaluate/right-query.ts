import { isString, type Term } from '../token/datalog.ts'
import { matchQuery, type QueryPattern, variable } from '../token/match-query.ts'
import { type Decide, evaluated, type PlacedQuery } from './decide.ts'
import { termSteps } from './work.ts'
import { sees } from './world.ts'

/** `resource($res), operation($op), right($sub, $res, $op)` */
const RIGHT: QueryPattern = {
  body: [
    ['resource', variable('resource')],
    ['operation', variable('operation')],
    ['right', variable('subject'), variable('resource'), variable('operation')],
  ],
}

/**
 * Decides the query of every capability about its right, by comparing strings. `undefined` for another query, and for a
 * token that states a `resource` or an `operation` itself.
 */
export function rightQuery(placed: PlacedQuery): Decide | undefined {
  const { query, scopes, trust, stated } = placed
  if (matchQuery(query, RIGHT) === undefined) return undefined
  if (stated.named('resource', 1).length > 0 || stated.named('operation', 1).length > 0) return undefined
  const all = stated.named('right', 3)
  const rights = all
    .filter((fact) => sees(trust, fact))
    .map(({ predicate: { terms } }) => ({ resource: textOf(terms[1]), operation: textOf(terms[2]) }))
  // The query, its scopes and its candidates, and one attempt each for the resource and the operation.
  const steps = 1 + scopes + 1 + (1 + 1 + all.length) + 1 + 1
  const otherwise = evaluated(placed)
  return (given, work) => {
    const { resource, operation } = given.assertions
    if (resource === undefined || operation === undefined) return otherwise(given, work)
    work.spend(steps)
    const [ofResource, ofOperation] = [stepsOf(resource), stepsOf(operation)]
    let accepted = false
    for (const right of rights) {
      const isResource = right.resource === resource
      // An attempt with three terms, and a copy of two variables. The operation is read only if the resource agrees.
      work.spend(2 + 1 + ofResource + (isResource ? ofOperation : 0))
      if (isResource && right.operation === operation) accepted = true
    }
    return accepted
  }
}

/** The text of a term; of any other term `undefined`, which no resource or operation equals. */
function textOf(term: Term | undefined): string | undefined {
  return isString(term) ? term.value : undefined
}

function stepsOf(value: string): number {
  return termSteps({ type: 'string', value })
}
