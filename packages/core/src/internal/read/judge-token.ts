import type { Assertions } from '../evaluate/assertions.ts'
import { Work } from '../evaluate/work.ts'
import type { Anchor } from '../rules/anchor.ts'
import { assertChecks } from '../rules/assert-checks.ts'
import { type AdmittedToken, timeWithin } from './admit-token.ts'
import type { Reader } from './reader.ts'

/**
 * Refuses a token unless every check holds on the verifier's facts: the time, the anchor and `assertions`. The time is
 * read here, after the caller's own functions have run, so that a token that expired meanwhile is refused.
 *
 * @param asks - Predicates that a `reject if` may ask about even if this verifier asserts none of them. Default: none.
 * @throws `CapabilityError`: `expired`; for a check that fails, see `assertChecks`.
 */
export function judgeToken(
  { demands, end }: AdmittedToken<unknown>,
  settings: Reader & { readonly anchor?: Anchor | undefined },
  assertions: Omit<Assertions, 'time' | 'anchor'>,
  asks: readonly string[] = [],
): void {
  const time = timeWithin(end, settings)
  assertChecks(demands, { ...assertions, time, anchor: settings.anchor?.name }, new Work(settings.limits.steps), asks)
}
