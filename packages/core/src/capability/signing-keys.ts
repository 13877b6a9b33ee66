import type { Keys } from '../internal/signature/root-key-source.ts'
import type { Signer } from '../keys/key-types.ts'

/** The keys for adding a signed block to a capability. */
export interface SigningKeys {
  /** The root public keys, which the capability is verified with. */
  readonly keys: Keys
  /**
   * The signer's own private key, on either curve: `ed25519-private/<hex>` or `secp256r1-private/<hex>`; or a
   * {@link Signer} that keeps it elsewhere.
   */
  readonly privateKey: string | Signer
}
