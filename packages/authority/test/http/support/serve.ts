import { readFile } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import { type ServedAuthority, type ServeOptions, serveAuthority } from '../../../src/index.ts'
import { createSqlite } from '../../store/open-databases.ts'

/** Who may do what, in tests of the service. */
export const POLICY = `
[[objects]]
id = "service:authority"

[[objects]]
id = "admin"
capabilities = [
  { target = "authority.policy", operations = ["read", "write"], anchor = "service:authority" },
  { target = "authority.identities", operations = ["mint"], anchor = "service:authority" },
  { target = "authority.enrolments", operations = ["write"], anchor = "service:authority" },
  { target = "authority.contexts", operations = ["open"], anchor = "service:authority" },
  { target = "authority.revocations", operations = ["write"], anchor = "service:authority" },
  { target = "authority.audit", operations = ["read"], anchor = "service:authority" },
  { target = "authority.lineage", operations = ["read"], anchor = "service:authority" },
  { target = "authority.keys", operations = ["rotate"], anchor = "service:authority" },
]

[[objects]]
id = "service:gateway"
capabilities = [{ target = "invoices", operations = ["read"] }]

[[objects]]
id = "agent:alice"
can_delegate = true
subordinates = "inherit"
identity = { ttl = 3600, delegatable = true }
capabilities = [{ target = "crm", operations = ["read"] }, { target = "email", operations = ["send"] }]

[[objects]]
id = "mallory"

[classifications]
crm = ["pii"]

[[exposure_rules]]
labels = ["pii"]
blocks = ["email"]
`

/** A served authority of a test, and how to ask it. */
export interface TestService {
  readonly authority: ServedAuthority
  readonly url: string
  /** The folder with its database. */
  readonly folder: string
  ask(method: string, path: string, options?: AskOptions): Promise<Asked>
  /** A first identity of a subject. */
  identityOf(subject: string): Promise<string>
  /** A capability of the administrator for a route of the authority. */
  adminFor(target: string, operation: string): Promise<string>
}

interface AskOptions {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that was read. */
export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
  readonly body: any
}

/** Starts an authority on a free port, on SQLite unless another database is given. It ends with the test. */
export async function serveTest(options: ServeOptions = {}): Promise<TestService> {
  const database = await createSqlite()
  onTestFinished(() => database.remove())
  return serveIn(database.location, options)
}

/** The same in a folder that exists. */
export async function serveIn(folder: string, options: ServeOptions = {}): Promise<TestService> {
  const authority = await serveAuthority({
    folder,
    port: 0,
    initial: { policy: POLICY },
    report: () => undefined,
    ...options,
  })
  onTestFinished(() => authority.close())
  const { url } = authority
  const ask: TestService['ask'] = async (method, path, { token, body, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parse(text) }
  }
  const identityOf = async (subject: string): Promise<string> => {
    const { secret } = await authority.enrol({ subject })
    return (await ask('POST', '/v1/identities', { body: { secret } })).body.identity
  }
  let admin: Promise<string> | undefined
  return {
    authority,
    url,
    folder,
    ask,
    identityOf,
    async adminFor(target, operation) {
      admin ??= identityOf('admin')
      const minted = await ask('POST', '/v1/capabilities', { token: await admin, body: { target, operation } })
      return minted.body.capability
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The secret that the first start has left for the administrator. */
export function firstSecretOf({ authority }: TestService): Promise<string> {
  return readFile(authority.firstSecret as string, 'utf8')
}
