/** Keeps which single-use capabilities are still unused; shared by whoever mints them and every verifier that honours them. */
export interface UseLedger {
  /**
   * Notes that a capability may be used once.
   *
   * @param tokenId - The revocation id of its authority block, in the low-s form where a P-256 key signed it.
   * @param facet - The pin that the capability demands.
   * @param expiresAt - When the capability ends, in Unix seconds; the note may be dropped then, and not before.
   */
  issue(tokenId: string, facet: string, expiresAt: number): void | Promise<void>
  /**
   * Spends the one use: one atomic step, so that of any number of calls at the same time, in any number of processes, one gets `true`.
   *
   * @returns Whether there was one to spend. Throwing, rejecting or answering with anything but a boolean refuses the token
   *   (`unavailable`).
   */
  consume(tokenId: string, facet: string): boolean | Promise<boolean>
}
