import type { Limits } from '../base/limits.ts'
import { type Assertions, withoutRelayed } from '../evaluate/assertions.ts'
import { givenBy } from '../evaluate/given.ts'
import { Work } from '../evaluate/work.ts'
import { type CompiledToken, compileToken } from '../rules/compile-token.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/**
 * What a verifier asserts, besides the time, for requests that ask for exactly what a token names: one entry per right
 * of the token.
 */
export type NamedRequests = (token: CompiledToken) => readonly Omit<Assertions, 'time'>[]

const NOTHING: NamedRequests = () => [{}]

/**
 * Refuses a token whose checks take more steps than a verifier allows, even for a request that asks for exactly what
 * the token names. A long name in many blocks is stored once, but compared many times. All checks count, also those
 * that are not satisfied yet.
 *
 * @throws `CapabilityError`: `limits_exceeded`, and the codes of `named`.
 */
export function assertAffordable(blocks: readonly SignedBlock[], limits: Limits, named: NamedRequests = NOTHING): void {
  const token = compileToken(blocks)
  for (const request of named(token)) spendOnChecks(token, { ...request, time: 0 }, limits)
}

/** Evaluates every check as a verifier would, and ignores the results. */
function spendOnChecks({ blocks, checks, keyed }: CompiledToken, assertions: Assertions, limits: Limits): void {
  const work = new Work(limits.steps)
  const given = givenBy(assertions, blocks)
  for (const check of checks) check.isSatisfied(given, work)
  const attested = givenBy(withoutRelayed(assertions), blocks)
  for (const check of keyed) check.isSatisfied(attested, work)
}
