import { checksOf, type PlacedCheck, trustOfQuery } from '../evaluate/check.ts'
import { sees, type World } from '../evaluate/world.ts'
import { isString, type Rule } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { type Designation, groundDesignation } from './designation.ts'

/** A designation that a check demands in every case, and the block that demands it. */
export interface Binding extends Designation {
  readonly block: number
}

/**
 * The designations that a token's checks *bind*: for a request with any other value, the check cannot hold.
 *
 * A `check if` binds a pair that stands, ground, in every one of its queries (an `or` would leave a way around it), where no fact of the
 * token that the query sees is that very pair (the check would satisfy itself). `check all`, `reject if`, variables and expressions
 * never bind.
 *
 * @param stated - The facts that the token states.
 */
export function bindingsOf(blocks: readonly SignedBlock[], stated: World): Binding[] {
  return checksOf(blocks).flatMap((placed) => bindingsOfCheck(placed, blocks, stated))
}

function bindingsOfCheck({ check, block }: PlacedCheck, blocks: readonly SignedBlock[], stated: World): Binding[] {
  const [first, ...others] = check.queries
  if (check.kind !== 'one' || first === undefined) return []
  return pairsOf(first)
    .filter((pair) => others.every((query) => pairsOf(query).some((other) => samePair(pair, other))))
    .filter((pair) => check.queries.every((query) => !statesItself(pair, query, block, blocks, stated)))
    .map((pair) => ({ ...pair, block }))
}

function pairsOf(query: Rule): Designation[] {
  return query.body.map(groundDesignation).filter((pair) => pair !== undefined)
}

function statesItself(
  { label, value }: Designation,
  query: Rule,
  block: number,
  blocks: readonly SignedBlock[],
  stated: World,
): boolean {
  const trust = trustOfQuery(query, block, blocks)
  return stated.named('designation', 2).some((fact) => {
    const [statedLabel, statedValue] = fact.predicate.terms
    return sees(trust, fact) && isString(statedLabel, label) && isString(statedValue, value)
  })
}

function samePair(a: Designation, b: Designation): boolean {
  return a.label === b.label && a.value === b.value
}
