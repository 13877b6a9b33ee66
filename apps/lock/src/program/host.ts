/** What the lock has beside the language. */
export interface Host {
  /** Its door: `lock:front`. */
  door(): string
  /** The public key of whoever issues capabilities for it. */
  publicKey(): string
  /** The time, in Unix seconds. */
  now(): number
  /** The lines of the ledger; it throws if there is none. */
  readLedger(): string
  /** Adds a line, and returns `true` once it would survive a loss of power. */
  appendLedger(line: string): boolean
  /** Replaces all lines alike. */
  replaceLedger(lines: string): boolean
}

declare const host: Host

/** Set by whoever runs the program. */
export const device: Host = host
