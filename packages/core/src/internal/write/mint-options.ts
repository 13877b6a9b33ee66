import type { Duration } from '../base/duration.ts'

/** What every token is minted with. */
export interface MintOptions {
  /** How long it lives: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. The default is that of its kind. */
  readonly expiresIn?: Duration | undefined
  /** Which of several root keys signs, for verifiers: an unsigned 32-bit integer. Default: none. */
  readonly rootKeyId?: number | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}
