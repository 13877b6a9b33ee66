import { randomBytes } from 'node:crypto'
import { createFirstKeys } from '../../src/keys/create-first-keys.ts'
import type { KeyProvider } from '../../src/keys/key-provider.ts'
import type { KeySet } from '../../src/keys/key-set.ts'
import { loadKeySet } from '../../src/keys/load-key-set.ts'
import { createLocalKeys } from '../../src/keys/local/create-local-keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { TestDatabase } from '../store/open-databases.ts'

/** A store for keys, which has its first ones after `reset`. */
export interface KeyStore {
  readonly store: Store
  /** The same database, as another process has it. */
  readonly other: Store
  readonly provider: KeyProvider
  load(now: number): Promise<KeySet>
  /** Empties the database and makes first keys anew. It takes a fraction of what a new database takes. */
  reset(): Promise<void>
  remove(): Promise<void>
}

export async function createKeyStore(create: () => Promise<TestDatabase>, now: number): Promise<KeyStore> {
  const database = await create()
  const store = await openStore(database.location)
  const other = await openStore(database.location)
  const provider = createLocalKeys({ masterKey: randomBytes(32) })
  return {
    store,
    other,
    provider,
    reset: () =>
      store.transact(async (transaction) => {
        await transaction.lockHead()
        for (const table of ['keys', 'audit', 'checkpoints'] as const)
          await transaction.query.deleteFrom(table).execute()
        await transaction.updateHead({ audit_sequence: 0, audit_hash: '0'.repeat(64), rules_epoch: 0 })
        await createFirstKeys(transaction, provider, now)
      }),
    load: (time) => store.read((query) => loadKeySet(query, provider, time)),
    async remove() {
      await store.close()
      await other.close()
      await database.remove()
    },
  }
}
