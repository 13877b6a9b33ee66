/** Answers whether a token is revoked. */
export interface RevocationCheck {
  /**
   * @param ids - The revocation ids of every block, as lower-case hex. A block that a P-256 key signed has two ids, one
   *   for each encoding of its signature: anyone can re-encode the signature, which changes the id while the token
   *   stays valid.
   * @returns `true` if any of the ids is revoked. If the function throws, rejects or returns anything but a boolean,
   *   the token is refused (`unavailable`).
   */
  isRevoked(ids: readonly string[]): boolean | Promise<boolean>
}
