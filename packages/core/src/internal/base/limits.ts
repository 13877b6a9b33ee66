/**
 * How large a token may be. Each limit may be set up to 16 times its default. Work is bounded by counting, so the same
 * token always gets the same answer.
 */
export interface Limits {
  /** Characters of the token's text. Default 16384: Node's default limit for *all* headers is 16 KiB. */
  readonly textLength: number
  /** Blocks, the authority block included. Default 32. */
  readonly blocks: number
  /** Signatures in all: one per block, another one per third-party block, one for a seal. Default 40. */
  readonly signatures: number
  /** Signatures on P-256, of all signers; each costs about twice as much as one on Ed25519. Default 16. */
  readonly p256Signatures: number
  /** Facts in all blocks. Default 256. */
  readonly facts: number
  /** Checks in all blocks. Default 128. */
  readonly checks: number
  /** Members of a set. Default 32. */
  readonly setTerms: number
  /** Operations of an expression, closures included. Default 64. */
  readonly operations: number
  /** Values on an expression's stack. Default 16. */
  readonly depth: number
  /** Bytes of a string in UTF-8, or of a byte array. Default 4096. */
  readonly stringBytes: number
  /**
   * Steps of one verification: a step is a unification attempt, an operation, or 64 bytes read or produced. Default
   * 10000.
   */
  readonly steps: number
}

/** The limits of every verifier, unless its option `limits` changes them, and of all functions that write tokens. */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  textLength: 16_384,
  blocks: 32,
  signatures: 40,
  p256Signatures: 16,
  facts: 256,
  checks: 128,
  setTerms: 32,
  operations: 64,
  depth: 16,
  stringBytes: 4096,
  steps: 10_000,
})
