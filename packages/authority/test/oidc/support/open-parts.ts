import { randomBytes } from 'node:crypto'
import type { AuthorityParts } from '../../../src/authority-parts.ts'
import { createLocalKeys } from '../../../src/keys/local/create-local-keys.ts'
import { createIssuerKeys } from '../../../src/oidc/issuer-keys.ts'
import { createRules } from '../../../src/rules/create-rules.ts'
import { openStore } from '../../../src/store/open-store.ts'
import type { TestDatabase } from '../../store/open-databases.ts'

/** The parts of an authority on a store of its own. */
export interface TestParts extends AuthorityParts {
  /** Puts another policy in force, as any process could. */
  use(policy: string): Promise<void>
  /** Sets the clock, in Unix seconds. */
  at(time: number): void
  close(): Promise<void>
}

export async function openParts(
  database: TestDatabase,
  initial: { readonly policy: string; readonly schema?: string },
  time: number,
): Promise<TestParts> {
  const store = await openStore(database.location)
  let clock = time
  const now = () => clock
  const keyProvider = createLocalKeys({ masterKey: randomBytes(32) })
  const rules = await createRules({ store, keyProvider, now, initial })
  return {
    store,
    rules,
    keyProvider,
    issuerKeys: createIssuerKeys(),
    url: 'https://authority.example',
    name: 'service:authority',
    now,
    use: (policy) =>
      store.transact(async (transaction) => {
        const { rules_epoch } = await transaction.lockHead()
        const row = {
          version: rules_epoch + 100,
          policy,
          schema: null,
          etag: '',
          author: null,
          created_at: clock,
          diff: '',
        }
        await transaction.query.insertInto('policies').values(row).execute()
        await transaction.updateHead({ rules_epoch: rules_epoch + 1 })
      }),
    at: (next) => {
      clock = next
    },
    async close() {
      rules.close()
      await store.close()
    },
  }
}
