import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FRAMEWORKS } from '../src/init/service-code.ts'
import { newFolder, runWrit } from './support/run-writ.ts'

/** A folder from which the packages of this one are found, as those of a user's project are. */
async function projectFolder(): Promise<string> {
  const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url))
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'writ-init-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Asks until something listens. */
async function statusOf(url: string, token?: string): Promise<number> {
  for (;;) {
    try {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      return (await fetch(url, { headers })).status
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

describe('writ init', () => {
  it.each(FRAMEWORKS)('prints a service of %s that answers 401, 403 and 200', async (framework) => {
    const folder = await projectFolder()
    const now = () => Date.now() / 1000
    const { stdout, exitCode } = await runWrit(['init', '--framework', framework, '--json'], { folder })
    expect(exitCode).toBe(0)
    const port = await freePort()
    await writeFile(join(folder, 'service.mjs'), JSON.parse(stdout).code.replace('3000', String(port)))
    const service = spawn(process.execPath, ['--env-file=.env', 'service.mjs'], { cwd: folder, stdio: 'ignore' })
    onTestFinished(() => void service.kill('SIGKILL'))
    const right = [
      '-s',
      'service:webapp',
      '-r',
      'invoices',
      '-o',
      'read',
      '-d',
      'tenantId=acme',
      '-a',
      'service:billing',
    ]
    const token = (await runWrit(['mint', ...right], { folder, now })).stdout.trim()
    const url = (tenant: string) => `http://127.0.0.1:${port}/${tenant}/invoices`
    expect([
      await statusOf(url('acme')),
      await statusOf(url('globex'), token),
      await statusOf(url('acme'), token),
    ]).toEqual([401, 403, 200])
  })

  it('writes a policy that permits what the last line asks for, and keeps what is there', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'schema.toml'), '# mine\n')
    await writeFile(join(folder, '.gitignore'), 'node_modules')
    const { stdout } = await runWrit(['init'], { folder })
    expect(stdout).toContain('.env, .gitignore, policy.toml: written.')
    expect(stdout).not.toContain('ed25519-private')
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('node_modules\n.env\n')
    expect(await readFile(join(folder, 'schema.toml'), 'utf8')).toBe('# mine\n')
    const right = [
      '-s',
      'service:webapp',
      '-r',
      'invoices',
      '-o',
      'read',
      '-d',
      'tenantId=acme',
      '-a',
      'service:billing',
    ]
    expect((await runWrit(['policy', 'eval', ...right], { folder })).exitCode).toBe(0)
    const again = await runWrit(['init'], { folder })
    expect([again.exitCode, again.stderr]).toEqual([2, 'writ: .env: this file has a key pair already\n'])
  })

  it('refuses a name that would be code', async () => {
    const { exitCode, stderr } = await runWrit(['init', '--service', "x' + process.exit() + '"], {
      folder: await newFolder(),
    })
    expect([exitCode, stderr]).toEqual([2, 'writ: --service: must be a name such as service:billing\n'])
  })
})
