import { CapabilityError } from '../base/capability-error.ts'
import { checksOf, type PlacedCheck, trustOfQuery } from '../evaluate/check.ts'
import { sees, type World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { binary, integer, matchQuery, onlyQuery, type QueryPattern, variable } from '../token/match-query.ts'

/** When a token ends, and the check that sets this end. */
export interface End {
  /** Unix seconds. */
  readonly at: bigint
  readonly block: number
  readonly check: number
}

/**
 * When the token ends: the earliest end that a check of exactly the form `check if time($t), $t < {integer}` sets.
 *
 * A check that sees a `time` fact of the token itself does not count, because it could satisfy itself.
 *
 * @param stated - The facts that the token states.
 * @throws `CapabilityError`: `unsupported_block` if the authority block sets no end. A token that never ends is a key,
 *   not a capability.
 */
export function expiryOf(blocks: readonly SignedBlock[], stated: World): End {
  const ends: End[] = []
  for (const placed of checksOf(blocks)) {
    const at = literalEnd(placed, blocks, stated)
    if (at !== undefined) ends.push({ at, block: placed.block, check: placed.index })
  }
  if (!ends.some(({ block }) => block === 0)) throw new CapabilityError('unsupported_block', { block: 0 })
  return ends.reduce((least, end) => (end.at < least.at ? end : least))
}

/** `check if time($t), $t < {end}` */
const END: QueryPattern = {
  body: [['time', variable('time')]],
  expression: [variable('time'), integer('end'), binary('lessThan')],
}

/** The end that a check sets, if the check has exactly this form. */
export function literalEnd(
  { check, block }: PlacedCheck,
  blocks: readonly SignedBlock[],
  stated: World,
): bigint | undefined {
  const query = onlyQuery(check, 'one')
  const end = query && matchQuery(query, END)?.get('end')
  if (query === undefined || end?.type !== 'integer') return undefined
  const times = stated.named('time', 1)
  if (times.length === 0) return end.value
  const trust = trustOfQuery(query, block, blocks)
  return times.some((fact) => sees(trust, fact)) ? undefined : end.value
}
