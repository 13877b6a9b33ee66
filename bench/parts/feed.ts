// How soon verifiers in other processes refuse what was revoked, after the authority has acknowledged it.
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveAuthority } from '@writ/authority'
import { quick, reporter } from '../support/part.ts'
import { atMost } from '../support/rows.ts'

const VERIFIERS = quick ? 2 : 10
const REVOCATIONS = quick ? 5 : 200
const SECOND_MS = 1000
const NO_LIMIT = { burst: 1e9, perSecond: 1e9 }
const POLICY = `
[[objects]]
id = "service:authority"
[[objects]]
id = "admin"
capabilities = [{ target = "authority.revocations", operations = ["write"], anchor = "service:authority" }]
`

const report = reporter('feed')
const folder = await mkdtemp(join(tmpdir(), 'writ-bench-'))
const limits = { address: NO_LIMIT, credential: NO_LIMIT, subject: NO_LIMIT }
const authority = await serveAuthority({ folder, port: 0, initial: { policy: POLICY }, limits })
const verifiers = await Promise.all(Array.from({ length: VERIFIERS }, startVerifier))
const token = await revoker()

const delays: number[] = []
for (let count = 0; count < REVOCATIONS; count++) {
  const revocationId = randomBytes(64).toString('hex')
  const known = verifiers.map((verifier) => {
    verifier.send({ id: revocationId })
    return once(verifier, 'message').then(([message]) => (message as { at: number }).at)
  })
  await post('/v1/revocations', { revocationId }, token)
  const acknowledged = performance.timeOrigin + performance.now()
  delays.push(Math.max(0, Math.max(...(await Promise.all(known))) - acknowledged))
}
for (const verifier of verifiers) verifier.disconnect()
await authority.close()
await rm(folder, { recursive: true })

delays.sort((a, b) => a - b)
const of = `${REVOCATIONS} revocations, known to the last of ${VERIFIERS} verifiers`
for (const [name, share] of [
  ['median', 0.5],
  ['p99', 0.99],
  ['slowest', 1],
] as const) {
  const value = delays[Math.ceil(delays.length * share) - 1] as number
  report({ name: `${of}: ${name}`, unit: 'ms', value, targets: name === 'p99' ? [atMost(SECOND_MS)] : [] })
}

async function startVerifier(): Promise<ChildProcess> {
  const verifier = fork(fileURLToPath(new URL('../servers/verifier.ts', import.meta.url)))
  verifier.send({ url: authority.url, pinned: await authority.publicKey() })
  await once(verifier, 'message')
  return verifier
}

async function revoker(): Promise<string> {
  const { secret } = await authority.enrol({ subject: 'admin' })
  const { identity } = await post('/v1/identities', { secret })
  return (await post('/v1/capabilities', { target: 'authority.revocations', operation: 'write' }, identity)).capability
}

// biome-ignore lint/suspicious/noExplicitAny: answers have several forms
async function post(path: string, body: object, bearer?: string): Promise<any> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  const response = await fetch(authority.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}
