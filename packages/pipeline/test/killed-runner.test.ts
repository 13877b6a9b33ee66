import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { isAlive } from './support/is-alive.ts'
import { startAuthority } from './support/start-authority.ts'

vi.setConfig({ testTimeout: 30_000 })

const RUNNER = fileURLToPath(new URL('support/runner-process.ts', import.meta.url))

/** A server of mallory, to whom a compromised job sends its token. */
async function startThief(): Promise<{ url: string; token: Promise<string> }> {
  const stolen = Promise.withResolvers<string>()
  const server = createServer((request, response) => {
    void text(request).then((token) => {
      stolen.resolve(token)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: stolen.promise }
}

it('after a runner was killed by -9 its job is ended, and a stolen identity lives for what was stated, and not longer', async () => {
  const authority = await startAuthority()
  const thief = await startThief()
  const runner = spawn(process.execPath, ['--no-warnings', RUNNER, authority.url, thief.url], {
    env: { PATH: process.env['PATH'], WRIT_SECRET: await authority.enrol('ci:acme'), WRIT_PUBLIC_KEY: authority.keys },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(runner.stdout), 'line')
  const { pid, subject, expiresAt } = JSON.parse(line as string)
  const token = await thief.token
  expect(isAlive(pid)).toBe(true)
  runner.kill('SIGKILL')
  await once(runner, 'exit')
  // It does not listen to SIGTERM, so it is killed five seconds later.
  if (process.platform !== 'win32') await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 15_000 })

  const seconds = Math.floor(Date.now() / 1000)
  expect(expiresAt - seconds).toBeLessThanOrEqual(60)
  expect(await authority.mint(token, 'reports', 'write')).toBe('allowed')
  authority.clock.ahead = expiresAt - seconds
  expect(await authority.mint(token, 'reports', 'write')).not.toBe('allowed')
  // Whoever notices can end it at once, by its name: it is in the log of the runner.
  expect(subject).toMatch(/^ci:acme:test:[0-9a-f]{16}-1$/)
})
