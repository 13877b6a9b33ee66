import type { Limits } from '../../limits.ts'
import { checksOf, satisfied } from '../evaluate/check.ts'
import { Work } from '../evaluate/work.ts'
import { type Fact, World } from '../evaluate/world.ts'
import { statedFacts } from '../read-token.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { assertAttested, namesKey } from './attested.ts'
import { designationsAmong, FACET } from './designation.ts'
import { type Assertions, derivedFacts } from './facts.ts'
import { failedCheck } from './failed-check.ts'
import { assertRejectable } from './reject-if.ts'

/**
 * Every check holds; those that name a key hold once more without what the verifier only says on somebody's word.
 *
 * Errors: by the first check that fails, see `failedCheck`; `unsupported_block`, `limits_exceeded`.
 *
 * @param asks - Predicates that a `reject if` may ask about although this verifier may assert none of them. Default: none.
 */
export function assertChecks(
  blocks: readonly SignedBlock[],
  { known, offered }: Assertions,
  limits: Limits,
  asks: readonly string[] = [],
): void {
  const own = [...known, ...offered]
  const work = new Work(limits.steps)
  assertRejectable(blocks, new World(own), asks)
  const asserted = designationsAmong(own)
  const world = worldOf(blocks, own)
  const checks = checksOf(blocks)
  for (const placed of checks) {
    if (!satisfied(placed, blocks, world, work)) throw failedCheck(placed, asserted)
  }
  const attested = checks.filter((placed) => namesKey(placed, blocks))
  if (attested.length === 0) return
  // A pin may be the ledger's in one check and an attester's in another; every other label has one value.
  const named = new Map([...asserted].filter(([label]) => label !== FACET))
  assertAttested(attested, blocks, worldOf(blocks, known), designationsAmong(known), named, work)
}

/**
 * Evaluates every check as `assertChecks` would, whatever comes of it.
 *
 * Errors: `limits_exceeded` for one that takes more steps than there are.
 */
export function spendOnChecks(blocks: readonly SignedBlock[], { known, offered }: Assertions, limits: Limits): void {
  const work = new Work(limits.steps)
  const checks = checksOf(blocks)
  const world = worldOf(blocks, [...known, ...offered])
  for (const placed of checks) satisfied(placed, blocks, world, work)
  const attestedWorld = worldOf(blocks, known)
  for (const placed of checks) if (namesKey(placed, blocks)) satisfied(placed, blocks, attestedWorld, work)
}

function worldOf(blocks: readonly SignedBlock[], own: readonly Fact[]): World {
  const facts = [...statedFacts(blocks), ...own]
  return new World([...facts, ...derivedFacts(blocks, new World(facts))])
}
