/** Answers whether a token is revoked. */
export interface RevocationCheck {
  /**
   * @param ids - The revocation ids of every block, lower-case hex. For a block that a P-256 key signed, the ids of both encodings of
   *   its signature: the signature can be re-encoded without any key, which changes the id while the token stays valid.
   * @returns `true` if any of them is revoked. Throwing, rejecting or answering with anything but a boolean refuses the token
   *   (`unavailable`).
   */
  isRevoked(ids: readonly string[]): boolean | Promise<boolean>
}
