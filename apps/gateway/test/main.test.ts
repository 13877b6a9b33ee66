import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { generateKeyPair } from '@writ/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Bindings } from '../src/bindings.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

async function startMain(env: Readonly<Record<string, string>> = {}) {
  const nobody = 'http://127.0.0.1:1'
  const bindings: Omit<Bindings, 'STATE'> = {
    WRIT_AUTHORITY_URL: nobody,
    WRIT_PUBLIC_KEY: (await generateKeyPair()).publicKey,
    WRIT_SECRET: 'good once',
    ORDERS_URL: nobody,
    SESSION_SECRET: 'only the gateway knows this secret',
  }
  const service = spawn(process.execPath, [MAIN], {
    env: { ...bindings, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void service.kill('SIGKILL'))
  return service
}

it('the gateway prints one line with its URL when it listens, and ends with 0 on SIGTERM', async () => {
  const service = await startMain()
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

it.each([
  ['WRIT_PUBLIC_KEY', 'ed25519/00'],
  ['ORDERS_URL', 'orders'],
  ['WRIT_AUTHORITY_URL', 'authority'],
  ['WRIT_SECRET', ''],
  ['SESSION_SECRET', 'x'.repeat(31)],
  ['PORT', '65536'],
])('the gateway names %s when it is %j, and ends with 1', async (name, value) => {
  const service = await startMain({ [name]: value })
  const [stderr, [code]] = await Promise.all([text(service.stderr), once(service, 'close')])
  expect(stderr).toMatch(new RegExp(`^gateway: ${name}: must be .*\n$`))
  expect(code).toBe(1)
})
