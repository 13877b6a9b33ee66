import { CapabilityError } from '../../internal/base/capability-error.ts'
import { checksOf } from '../../internal/evaluate/check.ts'
import { statedWorld } from '../../internal/evaluate/world.ts'
import { literalEnd } from '../../internal/rules/expiry.ts'
import { type Check, isString, type Predicate } from '../../internal/token/datalog.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import { matchQuery, onlyQuery, type QueryPattern, string } from '../../internal/token/match-query.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'
import { isByAuthority } from './read-context.ts'

/** Labels that a `reject if` names together. Mostly there is only one. */
export type Restriction = readonly [string] | readonly [string, string]

/**
 * Every `reject if exposure({a})` and `reject if exposure({a}), exposure({b})` of a context, from all blocks. A context
 * that replaces it must have all of them, besides the end. `recordedIn` has already made sure that all facts are those
 * of a context.
 *
 * @throws `CapabilityError`: `unsupported_block` for any other content of a block. It might be a restriction, and would
 *   be lost.
 */
export function restrictionsOf(blocks: readonly SignedBlock[], root: PublicKey): readonly Restriction[] {
  for (const [index, block] of blocks.entries()) assertFacts(block, index, root)
  const stated = statedWorld(blocks)
  const restrictions = new Map<string, Restriction>()
  for (const placed of checksOf(blocks)) {
    const { check, block, index } = placed
    const hasScopes = check.queries.some(({ scopes }) => scopes.length > 0)
    const restriction = restrictionOf(check)
    const isKnown = restriction !== undefined || literalEnd(placed, blocks, stated) !== undefined
    if (hasScopes || !isKnown) throw new CapabilityError('unsupported_block', { block, check: index })
    if (restriction !== undefined) restrictions.set(JSON.stringify([...restriction].sort()), restriction)
  }
  return [...restrictions.values()]
}

function assertFacts(block: SignedBlock, index: number, root: PublicKey): void {
  const { facts, rules, scopes } = block.content
  const isRecord = ({ name }: Predicate): boolean => index === 0 || name !== 'context'
  const known = isByAuthority(block, index, root) ? facts.every(isRecord) : facts.length === 0
  if (known && rules.length === 0 && scopes.length === 0) return
  throw new CapabilityError('unsupported_block', { block: index })
}

/** `reject if exposure({first})`, and the same with `exposure({second})`. */
const REJECTS: readonly QueryPattern[] = [
  { body: [['exposure', string('first')]] },
  {
    body: [
      ['exposure', string('first')],
      ['exposure', string('second')],
    ],
  },
]

/** The restriction that a check sets, if it has exactly one of these forms. */
function restrictionOf(check: Check): Restriction | undefined {
  const query = onlyQuery(check, 'reject')
  if (query === undefined) return undefined
  const captures = REJECTS.map((pattern) => matchQuery(query, pattern)).find((one) => one !== undefined)
  const [first, second] = [captures?.get('first'), captures?.get('second')]
  if (!isString(first)) return undefined
  return isString(second) ? [first.value, second.value] : [first.value]
}
