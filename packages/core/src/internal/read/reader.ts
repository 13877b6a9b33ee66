import { type Clock, systemClock } from '../base/clock.ts'
import type { Limits } from '../base/limits.ts'
import { checkFunction, checkOptions, isPlainObject } from '../base/options.ts'
import type { RevocationCheck } from '../rules/revocation-check.ts'
import { type RootKeys, rootKeys } from '../signature/root-keys.ts'
import { type Proof, ProofCache } from './proof-cache.ts'
import type { ReaderOptions } from './reader-options.ts'
import { resolveLimits } from './resolve-limits.ts'

/** The names of the options that every verifier has, for any kind of token. */
export const READER_OPTIONS = {
  keys: true,
  revocation: true,
  clockTolerance: true,
  limits: true,
  cache: true,
  now: true,
} as const satisfies Record<keyof ReaderOptions, true>

/** The options of a verifier, checked, with defaults filled in. */
export interface Reader {
  readonly roots: RootKeys
  readonly revocation: RevocationCheck | undefined
  /** Seconds. */
  readonly clockTolerance: number
  readonly limits: Limits
  /** The tokens that are proven already. All are of one kind, and were read with the same limits. */
  readonly proofs: ProofCache<Proof> | undefined
  readonly now: Clock
}

const MAX_CLOCK_TOLERANCE = 60
const DEFAULT_TOKENS = 4096
const MAX_TOKENS = 1_000_000

/**
 * Checks the options that every verifier has.
 *
 * @throws `TypeError` naming the option that is missing or wrong.
 */
export function createReader(options: ReaderOptions): Reader {
  const { keys, revocation, clockTolerance = 0, limits, now = systemClock } = options
  if (keys === undefined)
    throw new TypeError('keys: is required. If it comes from the environment, the variable is not set')
  if (revocation !== undefined) {
    checkFunction('revocation.isRevoked', revocation?.isRevoked)
    if (revocation.isActorRevoked !== undefined) checkFunction('revocation.isActorRevoked', revocation.isActorRevoked)
  }
  if (!Number.isInteger(clockTolerance) || clockTolerance < 0 || clockTolerance > MAX_CLOCK_TOLERANCE) {
    throw new TypeError(`clockTolerance: must be a whole number of seconds from 0 to ${MAX_CLOCK_TOLERANCE}`)
  }
  checkFunction('now', now)
  return {
    roots: rootKeys(keys, now),
    revocation,
    clockTolerance,
    limits: resolveLimits(limits),
    proofs: createProofCache(options.cache),
    now,
  }
}

function createProofCache(cache: ReaderOptions['cache'] = {}): ProofCache<Proof> | undefined {
  if (cache === false) return undefined
  if (!isPlainObject(cache)) throw new TypeError('cache: must be false or { tokens }')
  checkOptions('cache', cache, { tokens: true })
  const { tokens = DEFAULT_TOKENS } = cache
  if (!Number.isInteger(tokens) || tokens < 1 || tokens > MAX_TOKENS) {
    throw new TypeError(`cache.tokens: must be a whole number from 1 to ${MAX_TOKENS}`)
  }
  return new ProofCache(tokens)
}
