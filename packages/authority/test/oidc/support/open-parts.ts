import { generateKeyPair } from '@writ/core'
import { createEngine, type Policy, parsePolicy, type parseSchema } from '@writ/engine'
import type { AuthorityParts } from '../../../src/authority-parts.ts'
import { createIssuerKeys } from '../../../src/oidc/issuer-keys.ts'
import type { Rules, RulesInForce } from '../../../src/rules/rules.ts'
import { openStore } from '../../../src/store/open-store.ts'
import type { TestDatabase } from '../../store/open-databases.ts'

export const keys: Awaited<ReturnType<typeof generateKeyPair>> = await generateKeyPair()

/** The parts of an authority on a real store, whose rules are in this process alone. */
export interface TestParts extends AuthorityParts {
  /** Puts another policy in force. */
  use(policy: string): void
  /** Sets the clock, in Unix seconds. */
  at(time: number): void
  close(): Promise<void>
}

export async function openParts(
  database: TestDatabase,
  toml: string,
  time: number,
  schema?: ReturnType<typeof parseSchema>,
): Promise<TestParts> {
  const store = await openStore(database.location)
  let clock = time
  const now = () => clock
  const rulesOf = (policy: Policy) =>
    ({
      policy,
      schema,
      keys: { root: { id: 1 } },
      engine: createEngine({ policy, schema, keys: { ...keys, rootKeyId: 1 }, now }),
    }) as unknown as Rules
  let rules = rulesOf(parsePolicy(toml))
  const inForce: RulesInForce = {
    current: async () => rules,
    async act(prepare, commit) {
      const under = rules
      const prepared = await prepare(under)
      return store.transact(async (transaction) => {
        await transaction.lockHead()
        return commit(transaction, prepared, under)
      })
    },
    close: () => undefined,
  }
  return {
    store,
    rules: inForce,
    issuerKeys: createIssuerKeys(),
    keyProvider: undefined as never,
    url: 'https://authority.example',
    name: 'service:authority',
    now,
    use: (policy) => {
      rules = rulesOf(parsePolicy(policy))
    },
    at: (next) => {
      clock = next
    },
    close: () => store.close(),
  }
}
