import { readClock, systemClock } from '../internal/base/clock.ts'
import { checkFunction, checkOptions } from '../internal/base/options.ts'
import type { UseLedger } from './use-ledger.ts'

/** A ledger in memory, which answers synchronously. */
export interface MemoryUseLedger extends UseLedger {
  issue(tokenId: string, facet: string, expiresAt: number): void
  consume(tokenId: string, facet: string): boolean
}

/** The options of a ledger in memory. */
export interface CreateUseLedgerOptions {
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** Expired entries are removed whenever so many entries were added since the last removal. */
const SWEEP_AFTER = 1024

/**
 * Creates a ledger in memory, for a single process or for tests. After a restart it is empty, and every capability in
 * it counts as used.
 *
 * @param options - See {@link CreateUseLedgerOptions}.
 * @returns A ledger that `mintCapability` and `createVerifier` take as `singleUse`.
 * @throws `TypeError` naming the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { createUseLedger, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const singleUse = createUseLedger()
 * const request = { resource: 'payouts', operation: 'write' }
 * const token = await mintCapability({ ...request, subject: 'alice', singleUse }, privateKey)
 *
 * const verifier = createVerifier({ keys: publicKey, anchor: null, singleUse })
 * await verifier.verify(token, request)
 * await verifier.verify(token, request).catch((error) => error.code) // already_used
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

/** One key for both parts. It is unique, because a revocation id is hex and so the first space ends it. */
function keyOf(tokenId: string, facet: string): string {
  return `${tokenId} ${facet}`
}
