import type { Kysely, Transaction } from 'kysely'
import type { HeadTable, Tables } from './tables.ts'

/** Where the chains end, see {@link HeadTable}. */
export type Head = Omit<HeadTable, 'id'>

/** A transaction that writes. On SQLite no other runs at the same time; on PostgreSQL none that has locked the head. */
export interface StoreTransaction {
  readonly query: Transaction<Tables>
  /** Locks the head row until the end of the transaction, the first time, and returns it. Later calls return what was updated. */
  lockHead(): Promise<Head>
  /** Changes the head, which must be locked. */
  updateHead(change: Partial<Head>): Promise<void>
}

/** The database of an authority. */
export interface Store {
  readonly kind: 'sqlite' | 'postgres'
  /**
   * Reads what was committed. Must not be called inside of {@link Store.transact}, whose writes it would not see.
   *
   * @throws `StoreError`
   */
  read<Result>(act: (query: Kysely<Tables>) => Promise<Result>): Promise<Result>
  /**
   * Runs an act as one transaction: all of it is on disk when this resolves, or nothing if `act` throws. It may run again
   * if the database asks for that, so it does nothing else that lasts.
   *
   * @throws `StoreError`, or what `act` throws.
   */
  transact<Result>(act: (transaction: StoreTransaction) => Promise<Result>): Promise<Result>
  /** Calls back soon after any process has committed something; perhaps once too often, so read then. Returns what ends that. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}
