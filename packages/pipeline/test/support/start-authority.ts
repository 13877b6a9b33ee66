import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { type Client, type ClientError, createClient } from '@writ/client'
import { onTestFinished } from 'vitest'

/** Who may do what: a pipeline of acme, each of whose jobs has rights of its own, and one that may not be delegated. */
const POLICY = `
[[objects]]
id = "ci:acme"
can_delegate = true
identity = { ttl = 3600, delegatable = true }
capabilities = [
  { target = "reports", operations = ["write"] },
  { target = "secrets", operations = ["read"] },
]

[[objects]]
id = "ci:acme:test"
parent = "ci:acme"
subordinates = "inherit"
capabilities = [{ target = "reports", operations = ["write"] }]

[[objects]]
id = "ci:acme:deploy"
parent = "ci:acme"
subordinates = "inherit"
capabilities = [{ target = "secrets", operations = ["read"] }]

[[objects]]
id = "ci:globex"
`

const NO_LIMIT = { burst: 1e6, perSecond: 1e6 }

/** An authority that listens, on SQLite in a folder of its own. It ends with the test. */
export interface TestAuthority {
  readonly url: string
  readonly keys: string
  /** Its clock: so many seconds ahead. */
  readonly clock: { ahead: number }
  /** The paths that were asked for by clients of `clientOf`, in order. */
  readonly asked: string[]
  /** A secret for one identity of a subject. */
  enrol(subject: string): Promise<string>
  /** A client with an identity of a subject. */
  clientOf(subject: string): Client
  /** A client with an identity token: that of a job, for example. */
  clientWith(identity: string): Client
  /** How a mint with an identity ends: `allowed`, or the code of the refusal. */
  mint(identity: string, target: string, operation: string): Promise<string>
  /** Names and ids in its feed. */
  feed(): Promise<readonly { type: string; value: string; expiresAt: number }[]>
  stop(): Promise<void>
  /** Starts it again where it was. */
  restart(): Promise<void>
}

export async function startAuthority(): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-pipeline-'))
  const clock = { ahead: 0 }
  const now = () => Date.now() / 1000 + clock.ahead
  const serve = (port: number): Promise<ServedAuthority> =>
    serveAuthority({
      folder,
      port,
      initial: { policy: POLICY },
      limits: { address: NO_LIMIT, credential: NO_LIMIT, subject: NO_LIMIT },
      report: () => undefined,
      now,
    })
  let authority: ServedAuthority | undefined = await serve(0)
  const { url } = authority
  const keys = await authority.publicKey()
  const asked: string[] = []
  const counting: typeof fetch = (input, init) => {
    asked.push(new URL(String(input)).pathname)
    return fetch(input, init)
  }
  const stop = async () => {
    await authority?.close()
    authority = undefined
  }
  onTestFinished(async () => {
    await stop()
    await rm(folder, { recursive: true })
  })
  const enrol = async (subject: string) => {
    if (authority === undefined) throw new Error('the authority is stopped')
    return (await authority.enrol({ subject })).secret
  }
  const clientWith = (identity: string) => createClient({ url, keys, identity: () => identity, now })
  return {
    url,
    keys,
    clock,
    asked,
    enrol,
    clientWith,
    clientOf: (subject) => {
      const secret = () => enrol(subject)
      return createClient({ url, keys, identity: { secret }, fetch: counting, timeout: '2s', now })
    },
    async mint(identity, target, operation) {
      const client = clientWith(identity)
      try {
        await client.mint({ target, operation })
        return 'allowed'
      } catch (error) {
        const { problem, reason, code } = error as ClientError
        return reason ?? problem ?? code
      } finally {
        client.close()
      }
    },
    async feed() {
      const response = await fetch(`${url}/v1/revocations`)
      return ((await response.json()) as { entries: [] }).entries
    },
    stop,
    async restart() {
      authority = await serve(Number(new URL(url).port))
    },
  }
}
