import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { generateKeyPair } from '@writ/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const now = () => Date.now() / 1000

/** An authority, and a folder of an administrator who can reach it. */
async function served(): Promise<{
  authority: ServedAuthority
  folder: string
  login: readonly string[]
  secret: string
}> {
  const folder = await newFolder()
  const authority = await serveAuthority({ folder: join(folder, 'data'), port: 0, report: () => undefined })
  onTestFinished(() => authority.close())
  const secret = (await readFile(authority.firstSecret as string, 'utf8')).trim()
  const login = ['login', '--url', authority.url, '--key', await authority.publicKey()]
  return { authority, folder, login, secret }
}

describe('writ login, whoami and revoke', () => {
  it('get an identity, keep it from others, and revoke with it', async () => {
    const { folder, login, secret, authority } = await served()
    const environment = { HOME: folder }
    const ran = await runWrit(login, { folder, environment, stdin: secret, now })
    expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
    expect(ran.stdout).toMatch(/^admin, until /)
    expect((await stat(join(folder, '.config/writ/session.json'))).mode & 0o777).toBe(0o600)
    const who = await runWrit(['whoami'], { folder, environment, now })
    expect([who.exitCode, who.stdout]).toEqual([0, `admin at ${authority.url}, 60 min left\n`])
    const revoked = await runWrit(['revoke', '--id', 'aa'.repeat(64), '--reason', 'lost'], { folder, environment, now })
    expect(revoked).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^revoked: 1 entries, up to 1 of the feed\. Services hear of it that have the option revocation, /,
      ),
      stderr: '',
    })
    const again = await runWrit(['revoke', '--id', 'aa'.repeat(64)], { folder, environment, now })
    expect(again.stdout).toBe('it was revoked before\n')
  })

  it('refuse a secret that is none, an authority with another key, and one that is away', async () => {
    const { folder, login, secret } = await served()
    const environment = { HOME: folder }
    const guess = await runWrit(login, { folder, environment, stdin: 'guess', now })
    expect(guess).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^writ: the authority refuses the secret: .* \(writ enrol\), unless the name was revoked today\n$/,
      ),
    })
    const { publicKey } = await generateKeyPair()
    const [command = '', flag = '', url = ''] = login
    const other = await runWrit([command, flag, url, '--key', publicKey], { folder, environment, stdin: secret, now })
    expect([other.exitCode, other.stdout]).toEqual([1, ''])
    expect(other.stderr).toMatch(/^writ: this is not the key of that authority, .* --key\. The secret was not used\n$/)
    const away = await runWrit([command, flag, 'http://127.0.0.1:1', '--key', publicKey], {
      folder,
      environment,
      stdin: secret,
    })
    expect([away.exitCode, away.stderr]).toEqual([3, 'writ: the authority does not answer\n'])
    const who = await runWrit(['whoami'], { folder, environment })
    // It was not used indeed.
    expect(
      (
        await runWrit(login, {
          folder: await newFolder(),
          environment: { HOME: await newFolder() },
          stdin: secret,
          now,
        })
      ).exitCode,
    ).toBe(0)
    expect([who.exitCode, who.stderr]).toEqual([2, 'writ: nobody is logged in: writ login --url <authority>\n'])
  })

  it('put a policy in force with its schema, and say who was logged in before', async () => {
    const { authority, folder, login, secret } = await served()
    const environment = { HOME: folder }
    await runWrit(login, { folder, environment, stdin: secret, now })
    await runWrit(['init'], { folder })
    const put = () => runWrit(['policy', 'put'], { folder, environment, now })
    expect(await put()).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^version 2 is in force: \d subjects gain or lose something\n$/),
      stderr: '',
    })
    expect((await put()).stdout).toBe('version 2 is in force: it was in force before\n')
    // The schema came along: a capability must name its tenant.
    const { secret: other } = await authority.enrol({ subject: 'service:webapp' })
    const again = await runWrit(login, { folder, environment, stdin: other, now })
    expect(again.stdout).toMatch(/^service:webapp, until .*, in place of admin\n$/)
    const get = (...more: string[]) =>
      runWrit(['get', '-r', 'invoices', '-o', 'read', ...more], { folder, environment, now })
    expect((await get()).stderr).toBe(
      'writ: the policy of the authority does not permit this (refused schema missing_designation)\n',
    )
    expect((await get('-d', 'tenantId=acme')).exitCode).toBe(0)
    const refused = await put()
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('not_granted')])
  })

  it('say what the policy says of somebody who may not revoke', async () => {
    const { folder, authority, login } = await served()
    const environment = { HOME: folder }
    const { secret } = await authority.enrol({ subject: 'service:authority' })
    expect((await runWrit(login, { folder, environment, stdin: secret, now })).exitCode).toBe(0)
    const refused = await runWrit(['revoke', '--name', 'admin'], { folder, environment, now })
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      'writ: the policy of the authority does not permit this (refused policy not_granted)\n',
    ])
  })

  it('take a secret from a file, and never from the command line', async () => {
    const { folder, login, secret } = await served()
    await writeFile(join(folder, 'secret'), secret, { mode: 0o600 })
    const environment = { HOME: folder }
    const refused = await runWrit([...login, secret], { folder, environment, stdin: '' })
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).not.toContain(secret)
    expect((await runWrit([...login, '--secret-file', 'secret'], { folder, environment, now })).exitCode).toBe(0)
  })
})
