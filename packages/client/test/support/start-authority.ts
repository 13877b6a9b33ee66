import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createUseLedger, generateKeyPair, inspect } from '@writ/core'
import { createEngine, createSessions, EngineError, parsePolicy } from '@writ/engine'

/** When tests begin, by the clocks of the authority and of its clients. */
export const START = 1_800_000_000

export const POLICY = `
[[objects]]
id = "service:orders"

[[objects]]
id = "service:gateway"
capabilities = [
  { target = "orders", operations = ["read"], anchor = "service:orders", max_ttl = 600, left_to_holder = ["tenantId"] },
  { target = "invoices", operations = ["read"], max_ttl = 600 },
  { target = "vouchers", operations = ["use"], max_ttl = 600 },
]
identity = { ttl = 3600 }

[[objects]]
id = "service:mallory"
capabilities = [{ target = "orders", operations = ["read"] }, { target = "invoices", operations = ["read"] }]
`

interface Wanted {
  readonly target: string
  readonly operation: string
  readonly designations?: Record<string, string>
  readonly anchor?: string
  readonly expiresIn?: number
  readonly context?: string
}

export interface Heard {
  readonly path: string
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, which the tests compare
  readonly body: any
  readonly authorization: string | undefined
}

/** Answers a request in place of the authority. */
export type Answer = (response: ServerResponse, request: Heard) => unknown

/** The routes of an authority that clients use, by the real engine, over real HTTP, on a clock that tests set. */
export async function startAuthority() {
  const keys = await generateKeyPair()
  const clock = { now: START }
  const now = () => clock.now
  const engineOf = (policy: string) =>
    createEngine({
      policy: parsePolicy(policy),
      keys,
      sessions: createSessions({ now }),
      singleUse: createUseLedger(),
      now,
    })
  const state = { engine: engineOf(POLICY) }
  const secrets = new Map([['good-secret', 'service:gateway']])
  const assertions = new Set<string>()
  const revoked = new Set<string>()
  const heard: Heard[] = []
  const overrides: { times: number; answer: Answer; path: string | undefined }[] = []

  async function identityOf(subject: string) {
    const identity = await state.engine.mintIdentity({ subject })
    const { expiresAt } = await inspect(identity, keys.publicKey)
    return [200, { identity, subject, expiresAt }] as const
  }

  async function capabilityOf(identity: string, wanted: Wanted) {
    const singleUse = wanted.target === 'vouchers'
    try {
      return await state.engine.mint({ ...wanted, identity, singleUse })
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      if (error.step === 'subject') return undefined
      return { problem: { status: 403, code: 'refused', step: error.step, reason: error.code } }
    }
  }

  async function answer({ path, body, authorization }: Heard): Promise<readonly [number, object]> {
    const presented = authorization?.replace(/^Bearer /, '') ?? ''
    if (path === '/v1/identities') {
      const subject = secrets.get(body.secret)
      secrets.delete(body.secret)
      if (subject !== undefined) return identityOf(subject)
      if (!assertions.delete(body.assertion)) return [401, { code: 'refused_credential' }]
      return identityOf('service:gateway')
    }
    if (revoked.has(presented)) return [401, { code: 'refused_credential' }]
    if (path === '/v1/identities/refresh') {
      const { expiresAt, subject } = await inspect(presented, keys.publicKey)
      if ((expiresAt ?? 0) <= clock.now) return [401, { code: 'refused_credential' }]
      return identityOf(subject ?? '')
    }
    const results = await Promise.all((body.requests as Wanted[]).map((wanted) => capabilityOf(presented, wanted)))
    return results.includes(undefined) ? [401, { code: 'refused_credential' }] : [200, { results }]
  }

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const call = { path: request.url ?? '', body: await json(request), authorization: request.headers.authorization }
    heard.push(call)
    const override = overrides.find(({ path }) => path === undefined || path === call.path)
    if (override !== undefined) {
      override.times -= 1
      if (override.times === 0) overrides.splice(overrides.indexOf(override), 1)
      await override.answer(response, call)
      return
    }
    const [status, body] = await answer(call)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  const server = createServer((request, response) => void handle(request, response))
  const { url, close } = await listen(server)
  return {
    url,
    close,
    keys,
    clock,
    now,
    secrets,
    assertions,
    /** Identity tokens that are refused. */
    revoked,
    heard,
    /** The requests of the batches so far. */
    batches: () => heard.filter(({ path }) => path === '/v1/capabilities').map(({ body }) => body.requests),
    engine: () => state.engine,
    setPolicy(policy: string) {
      state.engine = engineOf(policy)
    },
    identity: async (subject = 'service:gateway') => (await identityOf(subject))[1].identity,
    /** The next requests are answered so. */
    answerWith(next: Answer, { times = 1, path }: { times?: number; path?: string } = {}) {
      overrides.push({ times, answer: next, path })
    },
  }
}

export type Authority = Awaited<ReturnType<typeof startAuthority>>

/** Answers with JSON. */
export function answering(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export async function listen(server: Server): Promise<{ url: string; close(): Promise<void> }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
