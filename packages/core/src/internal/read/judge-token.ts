import { type Anchor, anchorFacts } from '../rules/anchor.ts'
import { assertChecks } from '../rules/assert-checks.ts'
import { type Assertions, timeFact } from '../rules/facts.ts'
import { type AdmittedToken, timeWithin } from './admit-token.ts'
import type { Reader } from './reader.ts'

/**
 * Evaluates every check of a token, on what this verifier asserts besides the time and its anchor. The time is read here, after the
 * caller's own functions have run: however long they took, the token must still be alive.
 *
 * Errors: `expired`; by the check that fails, see `assertChecks`.
 *
 * @param asks - Predicates that a `reject if` may ask about although this verifier may assert none of them. Default: none.
 */
export function judgeToken(
  { token, end }: AdmittedToken<unknown>,
  settings: Reader & { readonly anchor?: Anchor | undefined },
  { own, relayed }: Assertions,
  asks: readonly string[] = [],
): void {
  const known = [timeFact(timeWithin(end, settings)), ...anchorFacts(settings.anchor), ...own]
  assertChecks(token.blocks, { own: known, relayed }, settings.limits, asks)
}
