import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const READ = ['-r', 'invoices', '-o', 'read']

/** A folder with a key pair in `.env`. */
async function withKeys(): Promise<string> {
  const folder = await newFolder()
  expect((await runWrit(['keys'], { folder })).exitCode).toBe(0)
  return folder
}

describe('writ keys', () => {
  it('writes a pair into .env that nobody else can read, and shows the public key alone', async () => {
    const folder = await newFolder()
    const { stdout, stderr, exitCode } = await runWrit(['keys'], { folder })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const path = join(folder, '.env')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toMatch(
      /^WRIT_PUBLIC_KEY=ed25519\/[0-9a-f]{64}\nWRIT_PRIVATE_KEY=ed25519-private\/[0-9a-f]{64}\n$/,
    )
    expect(stdout).toMatch(/^\.env: WRIT_PUBLIC_KEY and WRIT_PRIVATE_KEY\ned25519\/[0-9a-f]{64}\n$/)
  })

  it('keeps the pair that is there, and every other line', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, '.env'), 'PORT=3000', { mode: 0o644 })
    await runWrit(['keys'], { folder })
    const before = await readFile(join(folder, '.env'), 'utf8')
    expect(before.startsWith('PORT=3000\nWRIT_PUBLIC_KEY=')).toBe(true)
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    const again = await runWrit(['keys'], { folder })
    expect(again).toEqual({ exitCode: 2, stdout: '', stderr: 'writ: .env: this file has a key pair already\n' })
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe(before)
  })
})

describe('from a key to a decision', () => {
  it('mints, narrows and verifies', async () => {
    const folder = await withKeys()
    const broad = await runWrit(['mint', '-s', 'alice', ...READ], { folder })
    const narrow = await runWrit(['attenuate', '-d', 'tenantId=acme', '-a', 'service:billing', '-e', '30s'], {
      folder,
      stdin: broad.stdout,
    })
    const verify = (tenantId: string, more: string[] = []) =>
      runWrit(['verify', ...READ, '-d', `tenantId=${tenantId}`, '-a', 'service:billing', ...more], {
        folder,
        stdin: narrow.stdout,
      })
    expect(await verify('acme')).toEqual({ exitCode: 0, stdout: 'allowed: alice\n', stderr: '' })
    const refused = await verify('globex')
    expect(refused.exitCode).toBe(1)
    expect(refused.stdout).toBe('refused: wrong_designation: the token names another object\n')
    const { code, blocks } = JSON.parse((await verify('globex', ['--explain', '--json'])).stdout)
    expect(code).toBe('wrong_designation')
    expect(blocks[1].checks[0]).toEqual({ check: 0, demand: 'tenantId is "acme"', holds: false })
    expect((await verify('globex', ['--explain'])).stdout).toContain('✗ tenantId is "acme"')
  })

  it('draws a token in eighty columns, without colours in a pipe', async () => {
    const folder = await withKeys()
    const { stdout: token } = await runWrit(['mint', '-s', 'alice', ...READ, '-d', 'tenantId=acme'], { folder })
    const { stdout, exitCode } = await runWrit(['inspect'], { folder, stdin: token })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('capability of alice: read invoices')
    expect(stdout).toContain('✓ signatures verified')
    expect(stdout).toContain('██████████ 5 min left, until 2027-01-15T08:05:00Z')
    expect(stdout).toContain('tenantId is "acme"')
    expect(stdout).not.toContain('\u001b')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('says that anybody may have written a token where it has no key', async () => {
    const folder = await withKeys()
    const { stdout: token } = await runWrit(['mint', '-s', 'alice', ...READ], { folder })
    const { stdout } = await runWrit(['inspect'], { folder: await newFolder(), stdin: token })
    expect(stdout).toContain('! not verified: anyone may have written this')
  })

  it('delegates an identity', async () => {
    const folder = await withKeys()
    const { stdout: identity } = await runWrit(['mint', 'identity', '-s', 'agent:alice', '--delegatable'], { folder })
    const { stdout: job } = await runWrit(['delegate', '-i', 'agent:alice:job'], { folder, stdin: identity })
    const { stdout } = await runWrit(['inspect', '--json'], { folder, stdin: job })
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'identity', subject: 'agent:alice', depth: 1, verified: true })
  })
})
