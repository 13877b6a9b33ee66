/** Records which single-use capabilities are still unused. The minter and all verifiers that accept them share it. */
export interface UseLedger {
  /**
   * Records that a capability may be used once.
   *
   * @param tokenId - The revocation id of its authority block, in the low-s form where a P-256 key signed it.
   * @param facet - The pin that the capability demands.
   * @param expiresAt - When the capability ends, in Unix seconds. The record must be kept until then.
   */
  issue(tokenId: string, facet: string, expiresAt: number): void | Promise<void>
  /**
   * Spends the one use. This must be atomic: of all simultaneous calls, in all processes, only one gets `true`.
   *
   * @returns Whether there was a use to spend. If the function throws, rejects or returns anything but a boolean, the
   *   token is refused (`unavailable`).
   */
  consume(tokenId: string, facet: string): boolean | Promise<boolean>
}
