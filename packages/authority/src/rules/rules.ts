import type { ContextVerifier, IdentityVerifier, Schema } from '@writ/core'
import type { Engine, Policy } from '@writ/engine'
import type { KeySet } from '../keys/key-set.ts'
import type { StoreTransaction } from '../store/store.ts'

/** Policy, schema and keys as they were at one time. Never changes. */
export interface Rules {
  /** `head.rules_epoch`. */
  readonly epoch: number
  readonly version: number
  readonly etag: string
  readonly policy: Policy
  readonly schema: Schema | undefined
  readonly keys: KeySet
  /** Mints what needs no context, and tries what does. */
  readonly engine: Engine
  /** Proves identities of the root keys that sign or have signed. Revocation is looked up when an act commits. */
  readonly identities: IdentityVerifier
  /** Proves contexts alike. */
  readonly contexts: ContextVerifier
  /**
   * Runs an act in which sessions take part: they are read and written in this transaction.
   *
   * @param act - Receives an engine without a resolver, which might take long while the head is locked.
   */
  inSession<Result>(transaction: StoreTransaction, act: (engine: Engine) => Promise<Result>): Promise<Result>
}

/** The rules in force. */
export interface RulesInForce {
  /** The newest that this process knows: to read, and to try things that are checked again in a transaction. */
  current(): Promise<Rules>
  /**
   * Runs an act under the rules that are in force when it commits: if somebody has changed policy or keys meanwhile, in
   * whatever process, the act is run again under the new ones. A refusal by older rules does not count either.
   *
   * @param prepare - What can be done before the transaction, such as minting. It may run several times.
   * @param commit - Runs in the transaction, after the head was locked and the epoch compared.
   * @throws `AuthorityError` `unavailable` if the rules change faster than the act runs, or cannot be loaded.
   */
  act<Prepared, Result>(
    prepare: (rules: Rules) => Promise<Prepared>,
    commit: (transaction: StoreTransaction, prepared: Prepared, rules: Rules) => Promise<Result>,
  ): Promise<Result>
  close(): void
}
