import type { Limits } from '../base/limits.ts'
import { type Assertions, designationsOf, withoutRelayed } from '../evaluate/assertions.ts'
import { givenBy } from '../evaluate/given.ts'
import { Work } from '../evaluate/work.ts'
import { assertAttested } from './attested.ts'
import type { CompiledToken } from './compile-token.ts'
import { failedCheck } from './failed-check.ts'
import { assertRejectable } from './reject-if.ts'

/**
 * Refuses a token unless every check holds. Checks that name a key must also hold without what the verifier relays.
 *
 * @param asks - Predicates that a `reject if` may ask about even if this verifier asserts none of them. Default: none.
 * @throws `CapabilityError` for the first check that fails (`failedCheck`); `unsupported_block`, `limits_exceeded`.
 */
export function assertChecks(
  token: CompiledToken,
  assertions: Assertions,
  work: Work,
  asks: readonly string[] = [],
): void {
  assertRejectable(token.rejections, assertions, asks)
  const given = givenBy(assertions, token.blocks)
  for (const check of token.checks) {
    if (!check.isSatisfied(given, work)) throw failedCheck(check.placed, designationsOf(assertions))
  }
  if (token.keyed.length > 0) assertAttested(token, assertions, work)
}

/**
 * Evaluates every check as `assertChecks` would, and ignores the results.
 *
 * @throws `CapabilityError`: `limits_exceeded` if the checks take more steps than the limit.
 */
export function spendOnChecks({ blocks, checks, keyed }: CompiledToken, assertions: Assertions, limits: Limits): void {
  const work = new Work(limits.steps)
  const given = givenBy(assertions, blocks)
  for (const check of checks) check.isSatisfied(given, work)
  const attested = givenBy(withoutRelayed(assertions), blocks)
  for (const check of keyed) check.isSatisfied(attested, work)
}
