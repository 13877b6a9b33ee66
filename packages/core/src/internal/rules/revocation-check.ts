/** Answers whether a token is revoked, and whether a name is. */
export interface RevocationCheck {
  /**
   * @param ids - The revocation ids of every block, as lower-case hex. A block that a P-256 key signed has two ids, one
   *   for each encoding of its signature: anyone can re-encode the signature, which changes the id while the token
   *   stays valid.
   * @returns `true` if any of the ids is revoked. If the function throws, rejects or returns anything but a boolean,
   *   the token is refused (`unavailable`).
   */
  isRevoked(ids: readonly string[]): boolean | Promise<boolean>
  /**
   * Asked by verifiers of identities alone, once a name is proven: a holder delegates identities offline, so whoever revokes
   * one may know its name and no id. A name that is revoked takes along every name below it, whenever they were issued: a token
   * does not say when. Default: no name is revoked.
   *
   * @param name - The proven name, such as `agent:alice:job`. It is for this function to see that an entry `agent:alice`
   *   covers it, and that `agent:al` does not.
   * @returns `true` if the name or one above it is revoked. If the function throws, rejects or returns anything but a
   *   boolean, the identity is refused (`unavailable`).
   */
  isActorRevoked?(name: string): boolean | Promise<boolean>
}
