import type { Transaction } from 'kysely'
import type { StoreTransaction } from '../../store/store.ts'
import type { Tables } from '../../store/tables.ts'

/**
 * A transaction in which sessions take part. The engine calls whatever fails in them `unavailable`, which would be the
 * refusal of one item. A transaction with a statement that failed must not commit, so the failure is kept.
 */
export class SessionTransaction {
  readonly #transaction: StoreTransaction
  #failure: { readonly error: unknown } | undefined

  constructor(transaction: StoreTransaction) {
    this.#transaction = transaction
  }

  /** Runs statements while the head is locked: no two acts in sessions run at the same time. */
  async ask<Answer>(run: (query: Transaction<Tables>, auditSequence: number) => Promise<Answer>): Promise<Answer> {
    try {
      const { audit_sequence } = await this.#transaction.lockHead()
      return await run(this.#transaction.query, audit_sequence)
    } catch (error) {
      this.#failure ??= { error }
      throw error
    }
  }

  async unlessFailed<Result>(act: () => Promise<Result>): Promise<Result> {
    try {
      const result = await act()
      if (this.#failure === undefined) return result
    } catch (error) {
      if (this.#failure === undefined) throw error
    }
    throw this.#failure.error
  }
}
