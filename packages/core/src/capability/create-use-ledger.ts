import { readClock, systemClock } from '../internal/base/clock.ts'
import { checkFunction, checkOptions } from '../internal/base/options.ts'
import type { UseLedger } from './use-ledger.ts'

/** A ledger in memory, which answers at once. */
export interface MemoryUseLedger extends UseLedger {
  issue(tokenId: string, facet: string, expiresAt: number): void
  consume(tokenId: string, facet: string): boolean
}

/** How a ledger in memory tells the time. */
export interface CreateUseLedgerOptions {
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** Expired notes are swept out when there are this many more than there were after the last sweep. */
const SWEEP_AFTER = 1024

/**
 * Creates a ledger in memory: for one process, and for tests. A restart forgets it, and then every capability that it knew counts as used.
 *
 * @param options - See {@link CreateUseLedgerOptions}.
 * @returns What `mintCapability` and `createVerifier` take as `singleUse`.
 * @throws `TypeError` naming the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { createUseLedger, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const singleUse = createUseLedger()
 * const token = await mintCapability({ subject: 'alice', resource: 'payouts', operation: 'write', singleUse }, privateKey)
 *
 * const verifier = createVerifier({ keys: publicKey, anchor: null, singleUse })
 * await verifier.verify(token, { resource: 'payouts', operation: 'write' })
 * await verifier.verify(token, { resource: 'payouts', operation: 'write' }).catch((error) => error.code) // already_used
 * ```
 */
export function createUseLedger(options: CreateUseLedgerOptions = {}): MemoryUseLedger {
  checkOptions('options', options, { now: true })
  const { now = systemClock } = options
  checkFunction('now', now)
  const unused = new Map<string, number>()
  let sweepAt = SWEEP_AFTER

  function sweep(): void {
    const time = readClock(now)
    for (const [key, expiresAt] of unused) if (expiresAt <= time) unused.delete(key)
    sweepAt = unused.size + SWEEP_AFTER
  }

  return Object.freeze({
    issue(tokenId, facet, expiresAt) {
      unused.set(keyOf(tokenId, facet), expiresAt)
      if (unused.size >= sweepAt) sweep()
    },
    consume(tokenId, facet) {
      const key = keyOf(tokenId, facet)
      const expiresAt = unused.get(key)
      return expiresAt !== undefined && readClock(now) < expiresAt && unused.delete(key)
    },
  } satisfies MemoryUseLedger)
}

/** A revocation id is hex, so the first space ends it. */
function keyOf(tokenId: string, facet: string): string {
  return `${tokenId} ${facet}`
}
