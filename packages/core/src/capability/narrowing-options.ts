/** A value that is good only if the holder of a key has stated it, in a block of the token. */
export interface AttestedDesignation {
  readonly value: string
  /** The public key of whoever attests it. */
  readonly by: string
}

/** What narrows a capability, when it is minted and ever after. */
export interface NarrowingOptions {
  /** Names the object: one value a label, each a check that the request must satisfy. Default: none. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  /** The one service at which the capability may be used. Default: any, or as before. */
  readonly anchor?: string | undefined
  /**
   * What others have to attest before the capability is good: by label the value, and the public key of who has to state it with `attest`.
   * If the request names such a label, it must be with this value. Default: nothing.
   */
  readonly attested?: Readonly<Record<string, AttestedDesignation>> | undefined
}
