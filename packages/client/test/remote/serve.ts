import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { onTestFinished } from 'vitest'

const POLICY = `
[[objects]]
id = "service:authority"
[[objects]]
id = "admin"
capabilities = [
  { target = "authority.revocations", operations = ["write"], anchor = "service:authority" },
  { target = "authority.keys", operations = ["rotate"], anchor = "service:authority" },
]
[[objects]]
id = "service:gateway"
can_delegate = true
identity = { ttl = 3600, delegatable = true }
capabilities = [{ target = "invoices", operations = ["read"] }]
`
const NO_LIMIT = { burst: 1e6, perSecond: 1e6 }

/** A real authority of a test. */
export interface Served {
  readonly authority: ServedAuthority
  readonly url: string
  readonly folder: string
  mint(): Promise<string>
  identity(): Promise<string>
  /** Revokes, and resolves when the authority has acknowledged it. */
  revoke(body: object): Promise<void>
  rotate(): Promise<void>
}

/** A folder that is removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-client-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Starts an authority on a free port; it ends with the test. */
export async function serve(
  options: { readonly folder?: string; readonly port?: number; readonly now?: () => number } = {},
): Promise<Served> {
  const folder = options.folder ?? (await newFolder())
  const limits = { address: NO_LIMIT, credential: NO_LIMIT, subject: NO_LIMIT }
  const authority = await serveAuthority({
    port: 0,
    ...options,
    folder,
    limits,
    initial: { policy: POLICY },
    report: () => undefined,
  })
  onTestFinished(() => authority.close().catch(() => undefined))
  const { url } = authority
  const post = async (path: string, token: string | undefined, body: object) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
    return (await response.json()) as any
  }
  const identityOf = async (subject: string): Promise<string> => {
    const { secret } = await authority.enrol({ subject })
    return (await post('/v1/identities', undefined, { secret })).identity
  }
  const admin = async (target: string, operation: string) =>
    (await post('/v1/capabilities', await identityOf('admin'), { target, operation })).capability
  return {
    authority,
    url,
    folder,
    identity: () => identityOf('service:gateway'),
    mint: async () =>
      (await post('/v1/capabilities', await identityOf('service:gateway'), { target: 'invoices', operation: 'read' }))
        .capability,
    revoke: async (body) => post('/v1/revocations', await admin('authority.revocations', 'write'), body),
    rotate: async () => post('/v1/keys/rotate', await admin('authority.keys', 'rotate'), {}),
  }
}

/** Changes what an authority answers, on the way: a hostile network, or a hostile authority. */
export type Tamper = (path: string, response: Response) => Response | Promise<Response>

/** What is between a client and the authority. */
export interface Network {
  readonly fetch: typeof fetch
  /** Changes answers while it is set. */
  tamper: Tamper | undefined
  readonly asked: string[]
  down: boolean
}

export function tampered(): Network {
  const state: Network = {
    tamper: undefined,
    asked: [],
    down: false,
    fetch: (async (input: URL, init?: RequestInit) => {
      const url = new URL(input)
      state.asked.push(url.pathname + url.search)
      if (state.down) throw new TypeError('fetch failed')
      const response = await fetch(url, init)
      return state.tamper === undefined ? response : state.tamper(url.pathname, response)
    }) as typeof fetch,
  }
  return state
}

/** Changes JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the tests change answers of every form
export function changed(change: (body: any) => unknown): (response: Response) => Promise<Response> {
  return async (response) => Response.json(change(await response.json()) ?? {}, { status: response.status })
}
