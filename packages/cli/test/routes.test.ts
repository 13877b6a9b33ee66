import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { FRAMEWORKS, serviceCode } from '../src/init/service-code.ts'
import type { Ran } from './support/run-writ.ts'

/** A folder from which the packages of this one are found, as those of a user's project are. */
let folder: string
beforeEach(async () => {
  const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url))
  await mkdir(cache, { recursive: true })
  folder = await mkdtemp(join(cache, 'writ-routes-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** The built command, in a process of its own: it runs an app, whose adapter must be the one that it asks. */
async function runWrit(args: readonly string[]): Promise<Ran> {
  const command = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(command.stdout),
    text(command.stderr),
    once(command, 'close'),
  ])
  return { stdout, stderr, exitCode }
}

/** The service that `writ init` prints, as a module that exports its app and does not listen. */
async function exported(framework: (typeof FRAMEWORKS)[number]): Promise<void> {
  const lines = serviceCode(framework, 'service:billing').split('\n')
  const code = lines.filter((line) => !/listen\(|^serve\(/.test(line)).join('\n')
  const compilerOptions = { experimentalDecorators: true, emitDecoratorMetadata: true }
  const { code: js } = await transform(`${code}\nexport default app`, {
    loader: 'ts',
    format: 'esm',
    tsconfigRaw: { compilerOptions },
  })
  const key = `process.env.WRIT_PUBLIC_KEY = (await (await import('@writ/core')).generateKeyPair()).publicKey\n`
  await writeFile(join(folder, 'app.mjs'), key + js)
}

describe('writ routes', () => {
  it.each(FRAMEWORKS)('lists what each route of an app of %s demands', async (framework) => {
    await exported(framework)
    const { exitCode, stdout, stderr } = await runWrit(['routes', '--app', 'app.mjs'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const routes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
    // Fastify answers HEAD where it answers GET.
    expect(routes.filter(([method]) => method !== 'HEAD')).toEqual([
      ['GET', '/:tenantId/invoices', 'read invoices of tenantId'],
    ])
  })

  it('is held against a file, and says what differs', async () => {
    await exported('express')
    const args = ['routes', '--app', 'app.mjs']
    expect((await runWrit([...args, '--write', 'routes.txt'])).exitCode).toBe(0)
    expect(await runWrit([...args, '--check', 'routes.txt'])).toEqual({
      exitCode: 0,
      stdout: '1 routes, as routes.txt says\n',
      stderr: '',
    })
    const file = join(folder, 'routes.txt')
    await writeFile(file, (await readFile(file, 'utf8')).replace('of tenantId', 'of tenantId, invoiceId'))
    expect(await runWrit([...args, '--check', 'routes.txt'])).toEqual({
      exitCode: 1,
      stdout:
        '- GET  /:tenantId/invoices  read invoices of tenantId, invoiceId\n+ GET  /:tenantId/invoices  read invoices of tenantId\n',
      stderr: '',
    })
  })

  it('calls a function that makes an app', async () => {
    await writeFile(
      join(folder, 'app.mjs'),
      `import { Hono } from 'hono'
       export async function createApp() { return new Hono().get('/open', (c) => c.text('open')) }`,
    )
    const { stdout } = await runWrit(['routes', '--app', 'app.mjs', '--export', 'createApp'])
    expect(stdout).toBe('GET  /open  unguarded\n')
  })

  it.each([
    [
      'no such export',
      'export const app = 1',
      'there is no such export: name the app with --export. The module exports app',
    ],
    [
      'a number',
      'export default 1',
      'this export is no app of Express, Fastify, Hono or NestJS, and no function that makes one: name it with --export',
    ],
    [
      'a function that makes none',
      'export default () => ({})',
      'this export is no app of Express, Fastify, Hono or NestJS, and no function that makes one: name it with --export',
    ],
  ])('refuses a module with %s, in one line', async (_name, code, message) => {
    await writeFile(join(folder, 'other.mjs'), code)
    const ran = await runWrit(['routes', '--app', 'other.mjs'])
    expect(ran).toEqual({ exitCode: 2, stdout: '', stderr: `writ: ${message}\n` })
  })

  it('says in one line that there is no such module', async () => {
    const { exitCode, stderr } = await runWrit(['routes', '--app', 'missing.mjs'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'writ: --app: missing.mjs: there is no such file\n' })
  })
})
