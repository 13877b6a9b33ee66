import { randomBytes } from 'node:crypto'
import type { AuthorityParts } from '../../src/authority-parts.ts'
import { createLocalKeys } from '../../src/keys/local/create-local-keys.ts'
import { createIssuerKeys } from '../../src/oidc/issuer-keys.ts'
import { createRules } from '../../src/rules/create-rules.ts'
import { openStore } from '../../src/store/open-store.ts'

export const NOW = 1_800_000_000

const POLICY = `
[[objects]]
id = "agent:alice"
can_delegate = true
subordinates = "inherit"
identity = { delegatable = true, ttl = 86400 }
capabilities = [{ target = "invoices", operations = ["read"] }]

[[objects]]
id = "agent:alicia"

[[objects]]
id = "agent:bob"
`

export interface TestParts extends AuthorityParts {
  /** Unix seconds; tests set it. */
  readonly clock: { now: number }
  close(): Promise<void>
}

/** The parts of an authority on a database, as one process has them. */
export async function openParts(location: string, masterKey: Uint8Array = randomBytes(32)): Promise<TestParts> {
  const clock = { now: NOW }
  const now = () => clock.now
  const store = await openStore(location)
  const keyProvider = createLocalKeys({ masterKey })
  const rules = await createRules({ store, keyProvider, now, initial: { policy: POLICY } })
  return {
    store,
    rules,
    keyProvider,
    issuerKeys: createIssuerKeys(),
    url: 'https://authority.example',
    name: 'service:authority',
    now,
    clock,
    async close() {
      rules.close()
      await store.close()
    },
  }
}
