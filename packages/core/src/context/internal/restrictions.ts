import { CapabilityError } from '../../internal/base/capability-error.ts'
import { checksOf } from '../../internal/evaluate/check.ts'
import { statedWorld } from '../../internal/evaluate/world.ts'
import { literalEnd } from '../../internal/rules/expiry.ts'
import { isString, type Predicate, type Query } from '../../internal/token/datalog.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import { matchQuery, onlyQuery, type QueryPattern, string } from '../../internal/token/match-query.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'
import { isByAuthority } from './read-context.ts'

/** Labels that may not be excluded together; mostly just one. */
export type Restriction = readonly [string] | readonly [string, string]

/**
 * Every `reject if exposure({a})` and `reject if exposure({a}), exposure({b})` of a context, whoever added it: what has to be in one
 * that takes its place, besides the end. Of the facts, `recordedIn` has made sure that they are a context's.
 *
 * Errors: `unsupported_block` for whatever else is in any block. It might restrict, and would be lost.
 */
export function restrictionsOf(blocks: readonly SignedBlock[], root: PublicKey): readonly Restriction[] {
  for (const [index, block] of blocks.entries()) assertFacts(block, index, root)
  const stated = statedWorld(blocks)
  const restrictions = new Map<string, Restriction>()
  for (const placed of checksOf(blocks)) {
    const rejected = onlyQuery(placed.check, 'reject')
    const isPlain = placed.check.queries.every(({ scopes }) => scopes.length === 0)
    const restriction = rejected && isPlain ? restrictionOf(rejected) : undefined
    if (restriction !== undefined) restrictions.set(JSON.stringify([...restriction].sort()), restriction)
    else if (!isPlain || literalEnd(placed, blocks, stated) === undefined) {
      throw new CapabilityError('unsupported_block', { block: placed.block, check: placed.index })
    }
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

const REJECTS: readonly QueryPattern[] = [
  { body: [['exposure', string('first')]] },
  {
    body: [
      ['exposure', string('first')],
      ['exposure', string('second')],
    ],
  },
]

function restrictionOf(query: Query): Restriction | undefined {
  const captures = REJECTS.map((pattern) => matchQuery(query, pattern)).find((one) => one !== undefined)
  const [first, second] = [captures?.get('first'), captures?.get('second')]
  if (!isString(first)) return undefined
  return isString(second) ? [first.value, second.value] : [first.value]
}
