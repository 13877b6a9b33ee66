import { type Assertions, designationsOf } from '../evaluate/assertions.ts'
import { givenBy } from '../evaluate/given.ts'
import type { Work } from '../evaluate/work.ts'
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
