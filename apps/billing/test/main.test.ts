import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { revocationIds } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { expect, it, onTestFinished, vi } from 'vitest'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

function startMain(env: Readonly<Record<string, string>>) {
  const service = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void service.kill('SIGKILL'))
  return service
}

it('billing prints one line with its URL when it listens, and ends with 0 on SIGTERM', async () => {
  const { publicKey } = await createTestAuthority()
  const service = startMain({ WRIT_PUBLIC_KEY: publicKey, PORT: '0' })
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

it('billing refuses what was revoked before it started', async () => {
  const authority = await createTestAuthority()
  const token = await authority.mint({
    resource: 'invoices',
    operation: 'read',
    designations: { tenantId: 'acme' },
    anchor: 'service:billing',
  })
  const [id = ''] = revocationIds(token)
  const service = startMain({ WRIT_PUBLIC_KEY: authority.publicKey, PORT: '0', REVOKED: `ab,${id}` })
  const [line] = await once(createInterface(service.stdout), 'line')
  const response = await fetch(`${JSON.parse(line).listening}/acme/invoices`, { headers: authority.headersFor(token) })
  expect([response.status, await response.json()]).toMatchObject([403, { code: 'revoked' }])
})

it.each([
  ['WRIT_PUBLIC_KEY', {}],
  ['keys', { WRIT_PUBLIC_KEY: 'ed25519/00' }],
  ['PORT', { PORT: '65536' }],
  ['PORT', { PORT: '-1' }],
  ['REVOKED', { REVOKED: 'ab,xy' }],
])('billing names %s when the environment is %j, and ends with 1', async (name, env) => {
  const { publicKey } = await createTestAuthority()
  const service = startMain({
    ...(name === 'WRIT_PUBLIC_KEY' ? {} : { WRIT_PUBLIC_KEY: publicKey }),
    PORT: '0',
    ...env,
  })
  const [stderr, [code]] = await Promise.all([text(service.stderr), once(service, 'close')])
  expect(stderr).toMatch(new RegExp(`^billing: ${name}: .*\n$`))
  expect(code).toBe(1)
})
