import type { Check, Query, Scope } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { type Trust, trustOf } from './world.ts'

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
  const placed: PlacedCheck[] = []
  for (let block = 0; block < blocks.length; block++) {
    const { checks } = (blocks[block] as SignedBlock).content
    for (let index = 0; index < checks.length; index++) placed.push({ check: checks[index] as Check, block, index })
  }
  return placed
}

/** The scopes that apply to a query: its own, or else those of its block. */
export function scopesOf(query: Query, block: number, blocks: readonly SignedBlock[]): readonly Scope[] {
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

/** Whether a check names a public key in its own scopes or in those of its block. */
export function namesKey({ check, block }: PlacedCheck, blocks: readonly SignedBlock[]): boolean {
  const isKey = ({ type }: Scope): boolean => type === 'key'
  return blocks[block]?.content.scopes.some(isKey) === true || check.queries.some(({ scopes }) => scopes.some(isKey))
}
