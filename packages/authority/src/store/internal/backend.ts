import type { Kysely, SelectQueryBuilder, Transaction } from 'kysely'
import type { HeadTable, Tables } from '../tables.ts'

/** What differs between the databases. */
export interface Backend {
  readonly kind: 'sqlite' | 'postgres'
  readonly writer: Kysely<Tables>
  readonly reader: Kysely<Tables>
  /** The query that reads the head and keeps it locked until the end of the transaction. */
  lockHead(query: Transaction<Tables>): SelectQueryBuilder<Tables, 'head', HeadTable>
  /** Calls back when another process has committed. Returns what ends that. */
  watch(changed: () => void): () => void
  /** Tells other processes, when the transaction commits. */
  announce(query: Transaction<Tables>): Promise<void>
  close(): Promise<void>
}
