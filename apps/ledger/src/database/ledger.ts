import type { FollowedRevocations, RevocationFeed } from '@writ/postgres'

/** A row of an answer. */
export type Row = Readonly<Record<string, unknown>>

/** Runs one SQL statement. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>

/** Where the invoices are, as the handlers of requests reach it. */
export interface Ledger {
  /** Runs statements in a transaction that has presented a capability: they see what that permits. */
  present<Result>(token: string, run: (query: Query) => Promise<Result>): Promise<Result>
}

/** What prepares the database, as its owner. */
export interface Owner {
  readonly query: Query
  /** Runs several statements. */
  readonly script: (statements: string) => Promise<unknown>
}

/** How a ledger is opened. */
export interface OpenOptions {
  /**
   * Whether the database guards the rows. `false` is for the demonstration: no policies, nothing is presented, and the service
   * may read all tables, as services usually may.
   */
  readonly guarded: boolean
  /** The root public keys of the authority, by their ids. */
  readonly keys: ReadonlyMap<number | null, string>
}

/** A database that is ready. */
export interface OpenLedger {
  readonly ledger: Ledger
  readonly owner: Owner
  /** Has the database refuse what an authority revokes, and everything while it hears nothing of it. */
  follow(feed: RevocationFeed): Promise<FollowedRevocations>
  close(): Promise<void>
}
