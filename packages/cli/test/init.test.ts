import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
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

/** As tsx does it, with the tsconfig.json that is written. */
async function withoutTypes(code: string): Promise<string> {
  const compilerOptions = { experimentalDecorators: true, emitDecoratorMetadata: true }
  return (await transform(code, { loader: 'ts', format: 'esm', tsconfigRaw: { compilerOptions } })).code
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
    const code = JSON.parse(stdout).code.replace('3000', String(port))
    await writeFile(join(folder, 'service.mjs'), framework === 'nest' ? await withoutTypes(code) : code)
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
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe(
      'node_modules\n.env\n*.token\n*.secret\nwrit-data/\n',
    )
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
    // That schema knows no target.
    await rm(join(folder, 'schema.toml'))
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

  it('asks at a terminal for the framework and the name', async ({ skip }) => {
    if (spawnSync('script', ['--version']).status !== 0) return skip('needs the program script, for a terminal')
    const folder = await newFolder()
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
    const env = { PATH: process.env['PATH'], TERM: 'xterm', HOME: folder }
    const command = `stty cols 80 rows 30; '${process.execPath}' '${main}' init`
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder, env })
    onTestFinished(() => void terminal.kill('SIGKILL'))
    let shown = ''
    terminal.stdout.on('data', (chunk) => {
      shown += chunk
    })
    const isShown = (text: string) => expect.poll(() => shown, { timeout: 15_000 }).toContain(text)
    await isShown('Which framework')
    terminal.stdin.write('\u001b[B\r')
    await isShown('What is its name?')
    terminal.stdin.write('\r')
    await isShown('localhost:3000/acme/invoices')
    expect(shown).toContain("import { writ } from '@writ/fastify'")
    expect(shown).toContain("anchor: 'service:billing'")
  })
})
