import type { Signer } from '@writ/core'
import type { KeyTable } from '../store/tables.ts'

/** A key that signs. */
export interface SigningKey {
  readonly id: number
  readonly publicKey: string
  readonly signer: Signer
}

/** What was published of a root key. */
export interface PublishedKey {
  readonly id: number
  readonly publicKey: string
  readonly state: KeyTable['state']
  /** Who vouches for it, see `certify.ts`. Null for the very first. */
  readonly certifiedBy: number | null
  readonly certificate: string | null
}

/** The keys of an authority as one epoch of its rules has them. */
export interface KeySet {
  /** The root key that mints. */
  readonly root: SigningKey
  /** The key that signs heads of the revocation feed. */
  readonly feed: SigningKey & PublishedKey
  /** The key that signs checkpoints of the audit. */
  readonly audit: SigningKey & PublishedKey
  /** Root keys that sign, that will sign, and that have signed what may not have expired yet. */
  readonly roots: readonly PublishedKey[]
  /** The signer of a retired root key that still has unexpired tokens, to fork and expose contexts of it. */
  signerOf(id: number): Signer | undefined
}
