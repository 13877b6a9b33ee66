import type { KeyStore } from './key-store.ts'

const STORES = new WeakMap<object, KeyStore>()

/** Remembers what is behind the keys that a user holds. */
export function setKeyStore(keys: object, store: KeyStore): void {
  STORES.set(keys, store)
}

/** The store behind keys of `remoteKeys`; `undefined` for anything else. */
export function keyStoreOf(keys: unknown): KeyStore | undefined {
  return typeof keys === 'function' ? STORES.get(keys) : undefined
}
