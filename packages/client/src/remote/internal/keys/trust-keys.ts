import { badAnswer } from '../remote-runtime.ts'
import type { KeyRecord } from './keys-document.ts'
import { isStatedBy } from './statement.ts'

/** What a client trusts of the keys that an authority publishes. */
export interface TrustedKeys {
  /** The root keys that are published now, by id: they may have signed tokens. */
  readonly roots: ReadonlyMap<number, string>
  /** The keys that may sign heads of the feed. */
  readonly feeds: ReadonlyMap<number, string>
  /** Every root key that was trusted once: each vouches for others, also after it is published no more. */
  readonly chain: readonly KeyRecord[]
}

/** Over years of rotations. */
const MAX_CHAIN = 256

/**
 * Finds the keys that are pinned, or that a root key has certified which is trusted itself.
 *
 * @param published - The keys of the document. What is not trusted of them is left out.
 * @param earlier - The chain of an earlier document. It is proven anew, so it may come from a file.
 * @throws `ClientError` `bad_answer` if no root key is trusted, or if an id has another key than before.
 */
export async function trustKeys(
  published: readonly KeyRecord[],
  earlier: readonly KeyRecord[],
  pinned: ReadonlySet<string>,
): Promise<TrustedKeys> {
  const chain = await findChain([...earlier, ...published.filter(({ purpose }) => purpose === 'root')], pinned)
  const roots = new Map<number, string>()
  const feeds = new Map<number, string>()
  for (const key of published) {
    if (key.purpose === 'root' && chain.get(key.id)?.publicKey === key.publicKey) roots.set(key.id, key.publicKey)
    if (key.purpose === 'feed' && (await isCertified(key, chain, pinned))) feeds.set(key.id, key.publicKey)
  }
  if (roots.size === 0) throw badAnswer('no root key of the authority is pinned, or certified by one that is')
  return { roots, feeds, chain: [...chain.values()].slice(-MAX_CHAIN) }
}

/** Each round trusts at least one key more, or is the last. */
async function findChain(keys: readonly KeyRecord[], pinned: ReadonlySet<string>): Promise<Map<number, KeyRecord>> {
  const chain = new Map<number, KeyRecord>()
  for (let size = -1; size < chain.size; ) {
    size = chain.size
    for (const key of keys) {
      const known = chain.get(key.id)
      if (known?.publicKey === key.publicKey) continue
      if (!pinned.has(key.publicKey) && !(await isCertified(key, chain, pinned))) continue
      if (known !== undefined) throw badAnswer('the id of a root key has another key than before')
      chain.set(key.id, key)
    }
  }
  return chain
}

async function isCertified(
  { id, purpose, publicKey, certifiedBy, certificate }: KeyRecord,
  chain: ReadonlyMap<number, KeyRecord>,
  pinned: ReadonlySet<string>,
): Promise<boolean> {
  if (certifiedBy === null || certificate === null) return false
  const certifier = chain.get(certifiedBy)
  // A key that is pinned may be published no more, and then its id is known from certificates alone.
  const certifiers = certifier === undefined ? [...pinned] : [certifier.publicKey]
  for (const key of certifiers) {
    if (await isStatedBy(key, 'key', [id, purpose, publicKey, certifiedBy], certificate)) return true
  }
  return false
}
