import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveAuthority } from '@writ/authority'
import { generateKeyPair } from '@writ/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const now = () => Date.now() / 1000

async function installed(folder: string, name: string, manifest: object): Promise<void> {
  await mkdir(join(folder, 'node_modules', name), { recursive: true })
  await writeFile(join(folder, 'node_modules', name, 'package.json'), JSON.stringify(manifest))
}

/** What it says of one thing. */
async function doctor(folder: string, what: string, environment = {}, clock = now) {
  const { stdout, exitCode } = await runWrit(['doctor', '--json'], {
    folder,
    environment: { HOME: folder, ...environment },
    now: clock,
  })
  const findings: { what: string; state: string; found: string; advice?: string }[] = JSON.parse(stdout).findings
  return { exitCode, found: findings.filter((finding) => finding.what === what) }
}

describe('writ doctor', () => {
  it('finds nothing wrong in a folder of writ init', async () => {
    const folder = await newFolder()
    await runWrit(['init'], { folder })
    const { exitCode, stdout } = await runWrit(['doctor'], { folder, environment: { HOME: folder } })
    expect(exitCode).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'ok     .env        only its owner can read the private key in it',
      'ok     .gitignore  keeps .env out of git',
      'ok     policy      4 objects, nothing found',
      '-      packages    no package of Writ is installed here',
      '-      authority   nobody is logged in',
      '',
    ])
  })

  it('finds a private key that others can read, or that git would take', async () => {
    const folder = await newFolder()
    await runWrit(['init'], { folder })
    await chmod(join(folder, '.env'), 0o644)
    await writeFile(join(folder, '.gitignore'), 'node_modules\n')
    expect(await doctor(folder, '.env')).toMatchObject({
      exitCode: 1,
      found: [{ state: 'wrong', advice: 'chmod 600 .env, and change the key' }],
    })
    expect(await doctor(folder, '.gitignore')).toMatchObject({
      found: [{ state: 'wrong', found: 'does not name .env' }],
    })
  })

  it('finds a policy with faults', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'policy.toml'), '[[objects]]\nid = ""\n')
    expect(await doctor(folder, 'policy')).toMatchObject({
      exitCode: 1,
      found: [{ state: 'wrong', advice: 'writ policy lint' }],
    })
  })

  it('finds a framework that a package does not support, and a Node that is too old', async () => {
    const folder = await newFolder()
    await installed(folder, '@writ/express', { version: '1.0.0', peerDependencies: { express: '^4.0.0 || ^5.0.0' } })
    await installed(folder, 'express', { version: '3.21.2' })
    await installed(folder, '@writ/hono', {
      version: '1.0.0',
      engines: { node: '>=99' },
      peerDependencies: { hono: '^4.0.0' },
    })
    await installed(folder, 'hono', { version: '4.1.0' })
    expect(await doctor(folder, '@writ/express')).toMatchObject({
      exitCode: 1,
      found: [{ state: 'wrong', found: 'needs express >=4.0.0 <5.0.0-0||>=5.0.0 <6.0.0-0, and 3.21.2 is installed' }],
    })
    expect((await doctor(folder, '@writ/hono')).found).toMatchObject([{ state: 'wrong', advice: 'update Node' }])
  })

  it('looks at the authority of the login: its clock, keys, feed and the identity', async () => {
    const folder = await newFolder()
    const authority = await serveAuthority({ folder: join(folder, 'data'), port: 0, report: () => undefined })
    onTestFinished(() => authority.close())
    const stdin = (await readFile(authority.firstSecret as string, 'utf8')).trim()
    const login = ['login', '--url', authority.url, '--key', await authority.publicKey()]
    const environment = { HOME: folder }
    expect((await runWrit(login, { folder, environment, stdin, now })).exitCode).toBe(0)
    const states = async (clock = now) => {
      const { stdout, exitCode } = await runWrit(['doctor', '--json'], { folder, environment, now: clock })
      const findings: { what: string; state: string }[] = JSON.parse(stdout).findings
      return [exitCode, ...findings.slice(-4).map(({ what, state }) => `${what} ${state}`)]
    }
    expect(await states()).toEqual([0, 'clock good', 'keys good', 'feed good', 'identity good'])
    expect(await states(() => now() + 7200)).toEqual([1, 'clock wrong', 'keys good', 'feed good', 'identity wrong'])

    const session = join(folder, '.config/writ/session.json')
    const kept = JSON.parse(await readFile(session, 'utf8'))
    await writeFile(session, JSON.stringify({ ...kept, key: (await generateKeyPair()).publicKey }))
    expect(await doctor(folder, 'keys')).toMatchObject({ exitCode: 1, found: [{ state: 'wrong' }] })
    await writeFile(session, JSON.stringify({ ...kept, url: 'http://127.0.0.1:1' }))
    expect(await doctor(folder, 'authority')).toMatchObject({ exitCode: 3, found: [{ state: 'silent' }] })
  })
})
