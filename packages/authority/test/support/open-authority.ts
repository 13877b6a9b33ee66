import type { Resolver } from '@writ/engine'
import type { AuthorityParts } from '../../src/authority-parts.ts'
import { createEnrolment } from '../../src/enrol/create-enrolment.ts'
import { mintFirstIdentity } from '../../src/enrol/mint-first-identity.ts'
import { createLocalKeys } from '../../src/keys/local/create-local-keys.ts'
import { createIssuerKeys } from '../../src/oidc/issuer-keys.ts'
import { createRules } from '../../src/rules/create-rules.ts'
import { openStore } from '../../src/store/open-store.ts'

/** Unix seconds. */
export const NOW = 1_800_000_000

export const POLICY = `
[[objects]]
id = "agent:alice"
can_delegate = true
subordinates = "inherit"
identity = { ttl = 3600, delegatable = true }
capabilities = [
  { target = "crm", operations = ["read"] },
  { target = "web", operations = ["read"] },
  { target = "tool:email", operations = ["send"] },
]
[[objects]]
id = "agent:bob"
capabilities = [{ target = "tool:email", operations = ["send"] }]
[[objects]]
id = "admin"

[classifications]
crm = ["pii:name"]
web = ["untrusted:web"]

[[exposure_rules]]
labels = ["pii:*"]
blocks = ["tool:email"]
`

/** The parts of an authority in a test, as one process has them. */
export interface TestAuthority extends AuthorityParts {
  /** Unix seconds, to be set. */
  time: number
  close(): Promise<void>
}

const keyProvider = createLocalKeys({ masterKey: new Uint8Array(32).fill(7) })

export async function openAuthority(
  location: string,
  options: { readonly policy?: string; readonly schema?: string; readonly resolver?: Resolver } = {},
): Promise<TestAuthority> {
  const { policy = POLICY, schema, resolver } = options
  const store = await openStore(location)
  const now = () => authority.time
  const authority: TestAuthority = {
    time: NOW,
    store,
    keyProvider,
    issuerKeys: createIssuerKeys(),
    url: 'https://authority.example',
    name: 'service:authority',
    now,
    rules: undefined as never,
    async close() {
      authority.rules?.close()
      await store.close()
    },
  }
  try {
    const rules = await createRules({ store, keyProvider, resolver, now, initial: { policy, schema } })
    return Object.assign(authority, { rules })
  } catch (error) {
    await store.close()
    throw error
  }
}

/** A first identity of a subject, by a secret. */
export async function identityOf(authority: AuthorityParts, subject = 'agent:alice'): Promise<string> {
  const { secret } = await createEnrolment(authority, { subject })
  return (await mintFirstIdentity(authority, { secret })).identity
}

/** The records of the audit, the oldest first. */
export async function recordsOf({ store }: AuthorityParts) {
  const rows = await store.read((query) => query.selectFrom('audit').selectAll().orderBy('sequence').execute())
  return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> }))
}

/** The code of a refusal, with the step of an engine's. */
export async function codeOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (error: { code?: string; step?: string }) => error,
  )
  if (error?.code === undefined) throw new Error('expected a refusal', { cause: error })
  return error.step === undefined ? error.code : `${error.step} ${error.code}`
}
