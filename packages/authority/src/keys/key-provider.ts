import type { Signer } from '@writ/core'
import type { KeyTable } from '../store/tables.ts'

/** What a key is for. */
export type KeyPurpose = KeyTable['purpose']

/** A new key of a provider. */
export interface ProvidedKey {
  /** `ed25519/<hex>` */
  readonly publicKey: string
  /** What the provider needs to find or open it again. Kept in the database, so it is no secret by itself. */
  readonly sealed: string
}

/** Where private keys are kept: a sealed column of the database, or a device or service that signs. */
export interface KeyProvider {
  /** Recorded with each key: `local`. */
  readonly name: string
  create(purpose: KeyPurpose): Promise<ProvidedKey>
  /**
   * The signer of a key that this provider has made.
   *
   * @throws Error if it cannot be opened: another master key, a device that is away.
   */
  open(key: ProvidedKey & { readonly purpose: KeyPurpose }): Promise<Signer>
}
