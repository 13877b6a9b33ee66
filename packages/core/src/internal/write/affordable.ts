import type { Limits } from '../base/limits.ts'
import { spendOnChecks } from '../rules/assert-checks.ts'
import { type Assertions, timeFact } from '../rules/facts.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/** What a verifier asserts besides the time when it is asked for exactly what a token names: once for each right that it has. */
export type NamedRequests = (blocks: readonly SignedBlock[]) => readonly Assertions[]

const NOTHING: NamedRequests = () => [{ own: [], relayed: [] }]

/**
 * Refuses a token whose checks take more steps than a verifier has, even if it is asked for exactly what the token names: long names in many
 * blocks are written once and compared again and again. All checks count, also those that nobody has satisfied yet.
 *
 * Errors: `limits_exceeded`; those of `named`.
 */
export function assertAffordable(blocks: readonly SignedBlock[], limits: Limits, named: NamedRequests = NOTHING): void {
  for (const { own, relayed } of named(blocks)) spendOnChecks(blocks, { own: [timeFact(0), ...own], relayed }, limits)
}
