import { CapabilityError } from '../base/capability-error.ts'
import { checksOf, type PlacedCheck, trustOfQuery } from '../evaluate/check.ts'
import { sees, type World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/** When a token ends, and the check that says so. */
export interface End {
  /** Unix seconds. */
  readonly at: bigint
  readonly block: number
  readonly check: number
}

/**
 * When the token ends: the least of its checks of exactly `check if time($t), $t < {integer}`.
 *
 * A check that sees a `time` fact of the token's own is no such check: it could satisfy itself.
 *
 * Errors: `unsupported_block` when the authority block has none. A token that never ends is a key, not a capability.
 *
 * @param stated - The facts that the token states.
 */
export function expiryOf(blocks: readonly SignedBlock[], stated: World): End {
  const ends = checksOf(blocks).flatMap((placed): End[] => {
    const at = literalEnd(placed, blocks, stated)
    return at === undefined ? [] : [{ at, block: placed.block, check: placed.index }]
  })
  if (!ends.some(({ block }) => block === 0)) throw new CapabilityError('unsupported_block', { block: 0 })
  return ends.reduce((least, end) => (end.at < least.at ? end : least))
}

/** The end that a check sets, if it is exactly of that form. */
export function literalEnd(
  { check, block }: PlacedCheck,
  blocks: readonly SignedBlock[],
  stated: World,
): bigint | undefined {
  const [query, ...otherQueries] = check.queries
  if (check.kind !== 'one' || query === undefined || otherQueries.length > 0) return undefined
  const [time, ...otherPredicates] = query.body
  const [expression, ...otherExpressions] = query.expressions
  if (time === undefined || otherPredicates.length > 0 || expression?.length !== 3 || otherExpressions.length > 0) {
    return undefined
  }
  const [variable] = time.terms
  const [left, right, operator] = expression
  if (time.name !== 'time' || time.terms.length !== 1 || variable?.type !== 'variable') return undefined
  if (left?.type !== 'value' || left.term.type !== 'variable' || left.term.name !== variable.name) return undefined
  if (right?.type !== 'value' || right.term.type !== 'integer') return undefined
  if (operator?.type !== 'binary' || operator.kind !== 'lessThan') return undefined
  const trust = trustOfQuery(query, block, blocks)
  return stated.named('time', 1).some((fact) => sees(trust, fact)) ? undefined : right.term.value
}
