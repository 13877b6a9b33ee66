import type { Limits } from '../base/limits.ts'
import type { RevocationCheck } from '../rules/revocation-check.ts'
import type { Keys } from '../signature/root-key-source.ts'

/** What every verifier trusts, and how strictly it reads. */
export interface ReaderOptions {
  /** The root public keys. Required; `undefined` is in the type only so that a variable of the environment fits. */
  readonly keys: Keys | undefined
  /** Where revocation ids are looked up. Default: nothing is revoked. */
  readonly revocation?: RevocationCheck | undefined
  /** How long past its end a token is still good, for clocks that run apart: 0 to 60 seconds. Default 0. */
  readonly clockTolerance?: number | undefined
  /** Limits other than the defaults. */
  readonly limits?: Partial<Limits> | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}
