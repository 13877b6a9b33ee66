import { FACET } from '../base/labels.ts'
import type { Limits } from '../base/limits.ts'
import { checksOf, satisfied } from '../evaluate/check.ts'
import { Work } from '../evaluate/work.ts'
import { type Fact, statedFacts, World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { assertAttested, namesKey } from './attested.ts'
import { designationsAmong } from './designation.ts'
import { type Assertions, derivedFacts } from './facts.ts'
import { failedCheck } from './failed-check.ts'
import { assertRejectable } from './reject-if.ts'

/**
 * Refuses a token unless every check holds. Checks that name a key must also hold without the relayed facts.
 *
 * @param asks - Predicates that a `reject if` may ask about even if this verifier asserts none of them. Default: none.
 * @throws `CapabilityError` for the first check that fails (`failedCheck`); `unsupported_block`, `limits_exceeded`.
 */
export function assertChecks(
  blocks: readonly SignedBlock[],
  { own, relayed }: Assertions,
  limits: Limits,
  asks: readonly string[] = [],
): void {
  const facts = [...own, ...relayed]
  const work = new Work(limits.steps)
  assertRejectable(blocks, new World(facts), asks)
  const asserted = designationsAmong(facts)
  const world = worldOf(blocks, facts)
  const checks = checksOf(blocks)
  for (const placed of checks) {
    if (!satisfied(placed, blocks, world, work)) throw failedCheck(placed, asserted)
  }
  const keyed = checks.filter((placed) => namesKey(placed, blocks))
  if (keyed.length === 0) return
  // A token may hold one pin of a ledger and another pin of an attester. Every other label has one value.
  const requested = new Map([...asserted].filter(([label]) => label !== FACET))
  assertAttested(keyed, blocks, worldOf(blocks, own), designationsAmong(own), requested, work)
}

/**
 * Evaluates every check as `assertChecks` would, and ignores the results.
 *
 * @throws `CapabilityError`: `limits_exceeded` if the checks take more steps than the limit.
 */
export function spendOnChecks(blocks: readonly SignedBlock[], { own, relayed }: Assertions, limits: Limits): void {
  const work = new Work(limits.steps)
  const checks = checksOf(blocks)
  const world = worldOf(blocks, [...own, ...relayed])
  for (const placed of checks) satisfied(placed, blocks, world, work)
  const attestedWorld = worldOf(blocks, own)
  for (const placed of checks) if (namesKey(placed, blocks)) satisfied(placed, blocks, attestedWorld, work)
}

function worldOf(blocks: readonly SignedBlock[], asserted: readonly Fact[]): World {
  const facts = [...statedFacts(blocks), ...asserted]
  return new World([...facts, ...derivedFacts(blocks, new World(facts))])
}
