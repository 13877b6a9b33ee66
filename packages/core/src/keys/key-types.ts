/** Signature algorithms of Biscuit: Ed25519, and ECDSA over P-256 with SHA-256. */
export type Algorithm = 'ed25519' | 'secp256r1'

/** A key pair in Biscuit's notation. */
export interface KeyPair {
  /** `ed25519/<hex>` or `secp256r1/<hex>`, for verifying and narrowing tokens. */
  readonly publicKey: string
  /** `ed25519-private/<hex>` or `secp256r1-private/<hex>`, for minting tokens. Keep it secret. */
  readonly privateKey: string
}

/**
 * A private key that is elsewhere, such as in a key management service or a hardware module. Writ asks it for
 * signatures and never sees the key.
 */
export interface Signer {
  /** The public key, `ed25519/<hex>` or `secp256r1/<hex>`; see `importPublicKey` for other forms. */
  readonly publicKey: string
  /**
   * Signs a message of up to some kilobytes: Ed25519 (RFC 8032), or ECDSA over P-256 with SHA-256.
   *
   * @returns For Ed25519 64 bytes. For P-256 DER, or the 64 bytes r and s (IEEE P1363). Writ verifies the signature
   *   before it uses it.
   */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/**
 * A JSON Web Key (RFC 7517): kty `OKP` with crv `Ed25519` (RFC 8037), or kty `EC` with crv `P-256` (RFC 7518 section
 * 6.2). Other members are allowed and ignored.
 */
export interface Jwk {
  kty: string
  crv: string
  x: string
  y?: string
  d?: string
  [member: string]: unknown
}
