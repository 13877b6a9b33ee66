import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { createVerifier, inspect } from '@writ/core'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const POLICY = `
[[objects]]
id = "service:authority"
[[objects]]
id = "admin"
capabilities = [
  { target = "authority.enrolments", operations = ["write"], anchor = "service:authority" },
  { target = "authority.audit", operations = ["read"], anchor = "service:authority" },
  { target = "invoices", operations = ["read"], max_ttl = 600 },
]
[[objects]]
id = "service:orders"
[[exposure_rules]]
labels = ["pii:*"]
blocks = ["invoices"]
`
const now = () => Date.now() / 1000

let authority: ServedAuthority
let folder: string
/** Runs a command as the administrator, who has logged in. */
const writ = (args: readonly string[], stdin = '') =>
  runWrit(args, { folder, environment: { HOME: folder }, stdin, now })

beforeEach(async () => {
  folder = await newFolder()
  authority = await serveAuthority({
    folder: join(folder, 'data'),
    port: 0,
    initial: { policy: POLICY },
    report: () => undefined,
  })
  onTestFinished(() => authority.close())
  const secret = await readFile(authority.firstSecret as string, 'utf8')
  expect((await writ(['login', '--url', authority.url, '--key', await authority.publicKey()], secret)).exitCode).toBe(0)
})

describe('writ get', () => {
  it('gets a capability by the policy, and says what refuses another', async () => {
    const ran = await writ(['get', '-r', 'invoices', '-o', 'read', '-d', 'tenantId=acme', '-e', '1m'])
    expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
    const verifier = createVerifier({ keys: await authority.publicKey(), anchor: null })
    const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
    expect(await verifier.verify(ran.stdout.trim(), request)).toMatchObject({ subject: 'admin' })
    expect(await writ(['get', '-r', 'invoices', '-o', 'pay'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'writ: the policy of the authority does not permit this (refused policy not_granted)\n',
    })
  })

  it('uses the context of a session, which precludes what it has seen', async () => {
    const opened = await writ(['context', 'open', '-e', '10m'])
    expect((await inspect(opened.stdout.trim())).kind).toBe('context')
    await writeFile(join(folder, 'context'), opened.stdout)
    const get = ['get', '-r', 'invoices', '-o', 'read', '--context-file', 'context']
    expect((await writ(get)).exitCode).toBe(0)
    const exposed = await writ(['context', 'expose', '-x', 'pii:email', '--source', 'crm'], opened.stdout)
    expect([exposed.exitCode, exposed.stderr]).toEqual([0, ''])
    await writeFile(join(folder, 'context'), exposed.stdout)
    expect((await writ(get)).stderr).toBe(
      'writ: the policy of the authority does not permit this (refused exposure exposed)\n',
    )
  })
})

describe('writ enrol', () => {
  it('writes a secret for its owner alone, and into no file that exists', async () => {
    const enrol = ['enrol', '-s', 'service:orders', '--out', 'secret']
    const ran = await writ(enrol)
    expect([ran.exitCode, ran.stdout]).toEqual([
      0,
      expect.stringMatching(/^secret: a secret for service:orders, good once, until /),
    ])
    expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600)
    const secret = await readFile(join(folder, 'secret'), 'utf8')
    expect(ran.stdout).not.toContain(secret.trim())
    expect(await writ(enrol)).toEqual({ exitCode: 2, stdout: '', stderr: 'writ: --out: the file exists\n' })
    expect(await readFile(join(folder, 'secret'), 'utf8')).toBe(secret)
  })

  it('pipes a secret on, with which a service logs in', async () => {
    const { stdout } = await writ(['enrol', '-s', 'service:orders'])
    const other = await newFolder()
    const login = ['login', '--url', authority.url, '--key', await authority.publicKey()]
    const ran = await runWrit(login, { folder: other, environment: { HOME: other }, stdin: stdout, now })
    expect(ran.stdout).toMatch(/^service:orders, until /)
  })

  it('says that the authority knows no such subject', async () => {
    const { exitCode, stderr } = await writ(['enrol', '-s', 'mallory', '--out', 'secret'])
    expect([exitCode, stderr.split('\n').length]).toEqual([1, 2])
    await expect(stat(join(folder, 'secret'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('writ audit list', () => {
  it('lists what was done and refused, by what it is asked for', async () => {
    await writ(['get', '-r', 'invoices', '-o', 'read'])
    await writ(['get', '-r', 'gold', '-o', 'read'])
    const lines = async (...more: readonly string[]) =>
      (await writ(['audit', 'list', ...more])).stdout.trimEnd().split('\n')
    expect(await lines('--resource', 'invoices', '--days', '1')).toEqual([
      expect.stringMatching(/^ +\d+ {2}\d{4}-\S+Z {2}allowed {2}capability\.minted {2}admin {2}read {2}invoices$/),
    ])
    const [refused = '', ...more] = await lines('--decision', 'refused')
    expect(more).toEqual([])
    expect(refused).toMatch(/refused {2}capability\.minted {2}admin {2}read {2}gold {2}/)
    expect(await lines('--subject', 'bob')).toEqual(['nothing'])
    const [first, rest] = await lines('--limit', '1')
    expect(rest).toBe('... there are more: --after 1')
    const [second] = await lines('--after', '1', '--limit', '1')
    expect(second).not.toBe(first)
  })

  it.each([
    ['--limit', '0'],
    ['--limit', '1e3'],
    ['--days', '-1'],
    ['--days', 'all'],
  ])('refuses %s %s', async (option, value) => {
    const ran = await writ(['audit', 'list', option, value])
    expect(ran).toEqual({ exitCode: 2, stdout: '', stderr: `writ: ${option}: must be a number from 1 to 1000\n` })
  })
})
