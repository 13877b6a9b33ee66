import type { KeyPurpose } from './key-provider.ts'
import type { KeySet, PublishedKey } from './key-set.ts'

/** A key as it is published at `/.well-known/writ`. */
export interface DescribedKey extends PublishedKey {
  readonly purpose: KeyPurpose
}

/** What is published of the keys of an authority: root keys first, then the feed key and the audit key. */
export function describeKeys(keys: KeySet): readonly DescribedKey[] {
  return [...keys.roots.map((key) => describe(key, 'root')), describe(keys.feed, 'feed'), describe(keys.audit, 'audit')]
}

function describe({ id, state, publicKey, certifiedBy, certificate }: PublishedKey, purpose: KeyPurpose): DescribedKey {
  return { id, purpose, state, publicKey, certifiedBy, certificate }
}
