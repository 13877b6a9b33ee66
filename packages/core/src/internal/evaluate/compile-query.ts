import type { Predicate } from '../token/datalog.ts'
import { assertedAs } from './assertions.ts'
import { concluded, type Decide, evaluated, type PlacedQuery } from './decide.ts'
import { directMatch } from './direct-match.ts'
import { match, type Outcome } from './match.ts'
import { rightQuery } from './right-query.ts'
import type { Work } from './work.ts'

/**
 * Turns a query into a function that decides it again and again without a world. Every form has the verdict and takes
 * the steps of `evaluated`, the plain evaluation, whatever facts there are:
 *
 * - A query about nothing that a verifier asserts sees only facts of the token, so its outcome never changes.
 * - A query with one predicate is decided fact by fact. The outcome for the token's facts never changes, and that for
 *   the verifier's facts is added to it.
 * - The query of every capability about its right compares strings.
 *
 * What never changes is found when it is first needed, so that its steps are limited like all others.
 */
export function compileQuery(placed: PlacedQuery): Decide {
  const { body } = placed.query
  if (!body.some(assertedAs)) return settled(placed)
  return body.length === 1 ? factByFact(placed) : (rightQuery(placed) ?? evaluated(placed))
}

function settled(placed: PlacedQuery): Decide {
  const { kind, scopes } = placed
  const ofToken = onStatedFacts(placed)
  return (_given, work) => {
    work.spend(1 + scopes)
    return concluded(kind, ofToken(work))
  }
}

function factByFact(placed: PlacedQuery): Decide {
  const { kind, query, scopes } = placed
  const ofToken = onStatedFacts(placed)
  const ofVerifier = directMatch(query) ?? ((given, work) => match(query, given, placed.trust, work))
  return (given, work) => {
    // One less than in `evaluated`, because each of the two matches takes a step of its own.
    work.spend(scopes)
    const stated = ofToken(work)
    const asserted = ofVerifier(given, work)
    if (stated.failed || asserted.failed) return undefined
    if (kind === 'all' && (stated.denied !== 0 || asserted.denied !== 0)) return false
    return stated.accepted > 0 || asserted.accepted > 0
  }
}

/** Matches a query with the facts of the token. It is done once, and takes the same steps every time. */
function onStatedFacts(placed: PlacedQuery): (work: Work) => Outcome {
  const { query, stated } = placed
  let known: Outcome | undefined
  // Mostly a query with one predicate is about what the token does not state. Then it takes one step and matches nothing.
  let steps = 1
  if (query.body.length === 1 && stated.candidates(query.body[0] as Predicate).length === 0) known = NOTHING
  return (work) => {
    if (known !== undefined) {
      work.spend(steps)
      return known
    }
    const before = work.left
    const outcome = match(query, stated, placed.trust, work)
    // Only now, so that what the limit cut off is not kept.
    steps = before - work.left
    known = outcome
    return known
  }
}

const NOTHING: Outcome = Object.freeze({ accepted: 0, denied: 0, failed: false })
