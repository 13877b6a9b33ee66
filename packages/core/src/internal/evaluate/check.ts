import type { Check, Query, Rule, Scope } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { match } from './match.ts'
import type { Work } from './work.ts'
import { type Trust, trustOf, type World } from './world.ts'

/** A check and its place in the token. */
export interface PlacedCheck {
  readonly check: Check
  /** Index of its block. */
  readonly block: number
  /** Index within its block. */
  readonly index: number
}

/** All checks of a token, in written order. */
export function checksOf(blocks: readonly SignedBlock[]): PlacedCheck[] {
  return blocks.flatMap(({ content }, block) => content.checks.map((check, index) => ({ check, block, index })))
}

/** The scopes that apply to a query: its own, or else those of its block. */
function scopesOf(query: Query, block: number, blocks: readonly SignedBlock[]): readonly Scope[] {
  return query.scopes.length > 0 ? query.scopes : (blocks[block]?.content.scopes ?? [])
}

/** The blocks whose facts a query of `block` sees. */
export function trustOfQuery(query: Query, block: number, blocks: readonly SignedBlock[]): Trust {
  const scopes = scopesOf(query, block, blocks)
  const ofToken = TRUSTS.get(blocks) ?? new WeakMap<readonly Scope[], Trust>()
  const known = ofToken.get(scopes)
  if (known !== undefined) return known
  const trust = trustOf(scopes, block, blocks)
  TRUSTS.set(blocks, ofToken.set(scopes, trust))
  return trust
}

/**
 * Cached per token and list of scopes. A list belongs to one block, and hundreds of queries may share it; but the block
 * may stand in several tokens, and who signed the blocks after it is another matter in each.
 */
const TRUSTS = new WeakMap<readonly SignedBlock[], WeakMap<readonly Scope[], Trust>>()

/**
 * Whether a check is satisfied. It is not if an expression fails to evaluate on any match.
 *
 * For `check if` and `check all`, queries run in written order up to the first that holds. For `reject if`, no query
 * may hold, as the specification says; the Rust implementation accepts the check as soon as one of its queries does not
 * hold.
 */
export function satisfied(placed: PlacedCheck, blocks: readonly SignedBlock[], world: World, work: Work): boolean {
  const { kind, queries } = placed.check
  for (const query of queries) {
    const holds = queryHolds(kind, query, placed.block, blocks, world, work)
    if (holds === undefined) return false
    if (holds) return kind !== 'reject'
  }
  return kind === 'reject' && queries.length > 0
}

/** Whether one query holds; `undefined` if an expression failed. */
function queryHolds(
  kind: Check['kind'],
  query: Rule,
  block: number,
  blocks: readonly SignedBlock[],
  world: World,
  work: Work,
): boolean | undefined {
  work.spend(1 + scopesOf(query, block, blocks).length)
  const { accepted, denied, failed } = match(query, world, trustOfQuery(query, block, blocks), work)
  if (failed) return undefined
  return accepted > 0 && (kind !== 'all' || denied === 0)
}
