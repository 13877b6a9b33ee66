export { openStore } from './store/open-store.ts'
export type { Head, Store, StoreTransaction } from './store/store.ts'
export { StoreError, type StoreErrorCode } from './store/store-error.ts'
export type { Tables } from './store/tables.ts'
