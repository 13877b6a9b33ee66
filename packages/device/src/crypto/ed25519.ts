/** What a device must do of Ed25519 (RFC 8032). Both answer at once. */
export interface Ed25519 {
  /**
   * Whether a signature verifies, as OpenSSL, libsodium and Node decide it: without multiplying by the cofactor. Points of small
   * order are refused before. It returns `false`, or throws, for a key or an R that is no point.
   *
   * @param publicKey - 32 bytes.
   * @param signature - 64 bytes.
   */
  verify(publicKey: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean
  /**
   * The public key of a private key: 32 bytes.
   *
   * @param seed - 32 bytes.
   */
  publicKeyOfSeed(seed: Uint8Array): Uint8Array
}
