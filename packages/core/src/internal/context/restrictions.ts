import { CapabilityError } from '../../capability-error.ts'
import { literalEnd } from '../decide/expiry.ts'
import { checksOf } from '../evaluate/check.ts'
import type { PublicKey } from '../keys.ts'
import { statedWorld } from '../read-token.ts'
import { type Check, isString, type Predicate, type Query } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
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
    const query = plainQuery(placed.check)
    const restriction = query && placed.check.kind === 'reject' ? rejectedBy(query) : undefined
    if (restriction !== undefined) restrictions.set(JSON.stringify([...restriction].sort()), restriction)
    else if (query === undefined || literalEnd(placed, blocks, stated) === undefined) {
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

/** The query of a check that has one, without a scope. */
function plainQuery({ queries: [query, ...others] }: Check): Query | undefined {
  return query?.scopes.length === 0 && others.length === 0 ? query : undefined
}

function rejectedBy({ body, expressions }: Query): Restriction | undefined {
  const labels = body.map(({ name, terms: [label, ...otherTerms] }) =>
    name === 'exposure' && otherTerms.length === 0 && isString(label) ? label.value : undefined,
  )
  const [first, second, ...others] = labels
  if (first === undefined || others.length > 0 || expressions.length > 0) return undefined
  if (labels.length === 1) return [first]
  return second === undefined ? undefined : [first, second]
}
