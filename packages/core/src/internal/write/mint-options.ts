import type { Duration } from '../base/duration.ts'

/** The options that every token is minted with. */
export interface MintOptions {
  /** The lifetime: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. The default depends on the kind of token. */
  readonly expiresIn?: Duration | undefined
  /** Tells verifiers which of several root keys signed: an unsigned 32-bit integer. Default: none. */
  readonly rootKeyId?: number | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}
