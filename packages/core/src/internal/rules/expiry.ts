import { CapabilityError } from '../base/capability-error.ts'
import { checksOf, type PlacedCheck, trustOfQuery } from '../evaluate/check.ts'
import { sees, type World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { binary, integer, matchQuery, onlyQuery, type QueryPattern, variable } from '../token/match-query.ts'

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

/** `check if time($t), $t < {end}` */
const END: QueryPattern = {
  body: [['time', variable('time')]],
  expression: [variable('time'), integer('end'), binary('lessThan')],
}

/** The end that a check sets, if it is exactly of that form. */
export function literalEnd(
  { check, block }: PlacedCheck,
  blocks: readonly SignedBlock[],
  stated: World,
): bigint | undefined {
  const query = onlyQuery(check, 'one')
  const end = query && matchQuery(query, END)?.get('end')
  if (query === undefined || end?.type !== 'integer') return undefined
  const trust = trustOfQuery(query, block, blocks)
  return stated.named('time', 1).some((fact) => sees(trust, fact)) ? undefined : end.value
}
