/** A value that the holder of a key must state in a block of the token. */
export interface AttestedDesignation {
  /** The value of the label. */
  readonly value: string
  /** The public key of the attester. */
  readonly by: string
}

/** What narrows a capability, when it is minted or later. */
export interface NarrowingOptions {
  /** Names the object: one value per label. Each becomes a check that the request must satisfy. Default: none. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  /**
   * The only service at which the capability may be used. Default: any service, or the one that the token already
   * names.
   */
  readonly anchor?: string | undefined
  /**
   * What others must attest before the capability can be used: per label the value, and the public key of the party
   * that must state it with `attest`. If the request names such a label, its value must be the same. Default: nothing.
   */
  readonly attested?: Readonly<Record<string, AttestedDesignation>> | undefined
}
