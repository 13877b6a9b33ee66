import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { attenuate, revocationIds } from '@writ/core'
import { type RunningAuthority, startAuthority } from 'policy/testing'
import { send } from 'service-kit/testing'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

let authority: RunningAuthority
beforeAll(async () => {
  authority = await startAuthority()
})
afterAll(() => authority?.close())

function startMain(env: Readonly<Record<string, string | undefined>> = {}) {
  const { url, publicKey } = authority
  const service = spawn(process.execPath, [MAIN], {
    env: { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: publicKey, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void service.kill('SIGKILL'))
  return service
}

it('billing prints one line with its URL when it listens, and ends with 0 on SIGTERM', async () => {
  const service = startMain()
  const lines: string[] = []
  const output = createInterface(service.stdout).on('line', (line) => lines.push(line))
  await once(output, 'line')
  const { listening: url } = JSON.parse(lines[0] ?? '')
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  service.kill('SIGTERM')
  expect(await once(service, 'close')).toEqual([0, null])
  expect(lines).toHaveLength(1)
})

it('billing refuses what the authority revokes while it runs, with all that was narrowed from it', async () => {
  const service = startMain()
  const [line] = await once(createInterface(service.stdout), 'line')
  const { listening: url } = JSON.parse(line)
  const [acme, admin] = [authority.clientOf('tenant:acme'), authority.clientOf('admin')]
  const mint = async () => (await acme.mint({ target: 'invoices', operation: 'read' })).capability
  const [token, other] = [await mint(), await mint()]
  const narrow = await attenuate(token, authority.publicKey, { designations: { invoiceId: '1001' } })
  expect(await send(url, 'GET', '/acme/invoices/1001', { token: narrow })).toMatchObject({ status: 200 })

  const revoked = await admin.fetch(`${authority.url}/v1/revocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revocationId: revocationIds(token)[0] }),
    capability: { target: 'authority.revocations', operation: 'write' },
  })
  expect(revoked.status).toBe(200)
  const refused = { status: 403, body: expect.objectContaining({ code: 'revoked' }) }
  await expect.poll(() => send(url, 'GET', '/acme/invoices/1001', { token: narrow })).toMatchObject(refused)
  expect(await send(url, 'GET', '/acme/invoices', { token })).toMatchObject(refused)
  expect(await send(url, 'GET', '/acme/invoices', { token: other })).toMatchObject({ status: 200 })
  for (const client of [acme, admin]) client.close()
})

it('billing refuses everything while it has never heard of the authority, and says why', async () => {
  const service = startMain({ WRIT_AUTHORITY_URL: 'http://127.0.0.1:1' })
  const [line] = await once(createInterface(service.stdout), 'line')
  const acme = authority.clientOf('tenant:acme')
  const token = await acme.capabilityFor({ target: 'invoices', operation: 'read' })
  const answer = await send(JSON.parse(line).listening, 'GET', '/acme/invoices', { token })
  expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  acme.close()
})

it.each([
  ['WRIT_PUBLIC_KEY', { WRIT_PUBLIC_KEY: undefined }],
  ['WRIT_AUTHORITY_URL', { WRIT_AUTHORITY_URL: undefined }],
  ['pinned', { WRIT_PUBLIC_KEY: 'ed25519/00' }],
  ['url', { WRIT_AUTHORITY_URL: 'http://authority.example' }],
  ['PORT', { PORT: '65536' }],
  ['PORT', { PORT: '-1' }],
])('billing names %s when the environment is %j, and ends with 1', async (name, env) => {
  const service = startMain(env)
  const [stderr, [code]] = await Promise.all([text(service.stderr), once(service, 'close')])
  expect(stderr).toMatch(new RegExp(`^billing: ${name}: .*\n$`))
  expect(code).toBe(1)
})
