import type { Limits } from '../base/limits.ts'
import type { RevocationCheck } from '../rules/revocation-check.ts'
import type { Keys } from '../signature/root-key-source.ts'

/** The options that every verifier has. */
export interface ReaderOptions {
  /** The root public keys. Required. The type includes `undefined` only so that an environment variable fits. */
  readonly keys: Keys | undefined
  /** Looks up revocation ids. Default: no token is revoked. */
  readonly revocation?: RevocationCheck | undefined
  /** How long a token is accepted after its end, for clocks that differ: 0 to 60 seconds. Default 0. */
  readonly clockTolerance?: number | undefined
  /** Replaces some of the default limits. Default: {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits> | undefined
  /**
   * How many proven tokens are remembered, so that a token that is presented again costs no signature. `tokens` is a
   * whole number from 1 to 1,000,000; a token counts once for each 1,024 characters that it has begun, and at most 64
   * count that begin with the same authority block. Root key, expiry, revocation, the request and the ledger are looked
   * at every time. `false`: no token is remembered. Default: `{ tokens: 4096 }`.
   */
  readonly cache?: false | { readonly tokens?: number | undefined } | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}
