import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from '@writ/core'
import { findSecrets } from '@writ/pipeline'
import { describe, expect, it, vi } from 'vitest'
import { newFolder, runWrit } from '../support/run-writ.ts'
import { CHILD, exec, MAIN, node, startAuthority, startFrozen, startThief, type TestAuthority } from './support/exec.ts'

vi.setConfig({ testTimeout: 60_000 })

async function start(): Promise<{ authority: TestAuthority; environment: Record<string, string> }> {
  const authority = await startAuthority()
  const { url, key } = authority
  const environment = { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: key, WRIT_SECRET: await authority.secret() }
  return { authority, environment }
}

describe.skipIf(process.platform === 'win32')('writ exec', () => {
  it('runs a command as a job, which exchanges its identity for a capability', async () => {
    const { environment } = await start()
    const { exitCode, stdout, stderr } = await exec(['-n', 'test', ...node('mint')], environment).done
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatch(/^ci:acme:test:[0-9a-f]{16}-1$/)
  })

  it('ends with the exit code of the command, hands on its input, and touches none of its arguments', async () => {
    const { environment, authority } = await start()
    expect((await exec(node('exit', '42'), environment).done).exitCode).toBe(42)
    const again = { ...environment, WRIT_SECRET: await authority.secret() }
    const args = ['--json', '--help', '-n', 'x', '--', '-', '', 'a b', '$HOME', '*']
    expect(JSON.parse((await exec(node('arguments', ...args), again).done).stdout)).toEqual(args)
    const third = { ...environment, WRIT_SECRET: await authority.secret() }
    expect(await exec(node('echo'), third, 'bytes\0and more').done).toMatchObject({ stdout: 'bytes\0and more' })
  })

  it('leaves no identity behind: neither that of the command nor the one that it had itself', async () => {
    const { authority, environment } = await start()
    const thief = await startThief()
    const { exitCode } = await exec(node('leak', thief.url), environment).done
    const token = await thief.token
    expect([exitCode, await authority.mint(token)]).toEqual([0, 'refused_credential'])
    expect((await inspect(token)).expiresAt).toBeGreaterThan(Date.now() / 1000)
  })

  it.skipIf(process.platform !== 'linux')(
    'gives the command nothing of others, and shows no token in the list of processes',
    async () => {
      const { environment } = await start()
      const others = { WRIT_TOKEN: 'x', WRIT_PRIVATE_KEY: 'y', ACTIONS_ID_TOKEN_REQUEST_URL: 'z', CI: 'true' }
      const { stdout } = await exec(node('environment'), { ...environment, ...others }).done
      const seen = JSON.parse(stdout)
      expect(Object.keys(seen.environment).filter((name) => /WRIT|ACTIONS/.test(name))).toEqual(
        expect.arrayContaining(['WRIT_AUTHORITY_URL', 'WRIT_IDENTITY', 'WRIT_PUBLIC_KEY']),
      )
      expect(seen.environment).not.toHaveProperty('WRIT_SECRET')
      expect(Object.keys(seen.environment).filter((name) => /WRIT|ACTIONS/.test(name))).toHaveLength(3)
      expect(seen.environment.CI).toBe('true')
      expect(seen.arguments).toContain('exec')
      expect(findSecrets(seen.arguments)).toEqual([])
    },
  )

  it('hands the identity over in a descriptor, and then it is not in the environment', async () => {
    const { authority, environment } = await start()
    const { stdout, exitCode } = await exec(['--descriptor', ...node('mint')], environment).done
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, expect.stringContaining('ci:acme:job:')])
    const again = { ...environment, WRIT_SECRET: await authority.secret() }
    const seen = await exec(['--descriptor', ...node('environment')], again).done
    expect(findSecrets(seen.stdout)).toEqual([])
    const third = { ...environment, WRIT_SECRET: await authority.secret() }
    const shell = await exec(['--descriptor', '--', 'sh', '-c', 'cat <&$WRIT_IDENTITY_FD'], third).done
    expect(await inspect(shell.stdout)).toMatchObject({ kind: 'identity' })
  })

  it('masks what the command writes, if it is told to', async () => {
    const { environment } = await start()
    const { stdout } = await exec(['--mask', ...node('print')], environment).done
    expect(stdout).toBe('it is [token]\n')
  })

  it('inside of a job takes the identity of that, which goes on afterwards', async () => {
    const { authority, environment } = await start()
    const thief = await startThief()
    const script = `
      "$0" "$1" exec -n inner -- "$0" "$2" mint &&
      "$0" "$1" exec -n inner --max-depth 1 -- true
      echo "$?"
      "$0" "$2" mint
      "$0" "$2" leak "$3"`
    const outer = ['-n', 'outer', '--max-depth', '1', '--', 'sh', '-c', script]
    const { stdout, stderr } = await exec([...outer, process.execPath, MAIN, CHILD, thief.url], environment).done
    const [inner = '', exitCode, own = ''] = stdout.trim().split('\n')
    expect(inner).toMatch(/^"ci:acme:outer:[0-9a-f]{16}-1:inner:[0-9a-f]{16}-1"$/)
    expect([exitCode, stderr]).toEqual(['125', 'writ: maxDepth: is more than the token leaves\n'])
    expect(own).toMatch(/^"ci:acme:outer:[0-9a-f]{16}-1"$/)
    expect(await authority.mint(await thief.token)).toBe('refused_credential')
  })

  it('is who the other commands are, inside of it', async () => {
    const { environment } = await start()
    const script = '"$0" "$1" whoami && "$0" "$1" get -r reports -o write && "$0" "$1" get -r secrets -o read'
    const { exitCode, stdout, stderr } = await exec(
      ['-n', 'test', '--', 'sh', '-c', script, process.execPath, MAIN],
      environment,
    ).done
    const [who = '', token = ''] = stdout.split('\n')
    expect(who).toMatch(/^ci:acme:test:[0-9a-f]{16}-1 at http/)
    expect(await inspect(token)).toMatchObject({ kind: 'capability', resource: 'reports', operation: 'write' })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('not_granted')])
  })

  it('takes the identity of whoever is logged in, who stays so', async () => {
    const { authority } = await start()
    const folder = await newFolder()
    const now = () => Date.now() / 1000
    const login = ['login', '--url', authority.url, '--key', authority.key]
    await runWrit(login, { folder, environment: { HOME: folder }, stdin: await authority.secret(), now })
    for (const _ of [1, 2]) {
      const { stdout, stderr } = await exec(node('mint'), { HOME: folder }).done
      expect([JSON.parse(stdout), stderr]).toEqual([expect.stringMatching(/^ci:acme:job:/), ''])
    }
  })
})

describe.skipIf(process.platform === 'win32')('a command of writ exec', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
    'gets %s once, and decides itself',
    async (signal) => {
      const { environment } = await start()
      const { child, first, done } = exec(node('stay'), environment)
      await first
      child.kill(signal)
      const { exitCode, stdout } = await done
      expect(
        stdout
          .trim()
          .split('\n')
          .slice(1)
          .map((line) => JSON.parse(line)),
      ).toEqual([{ heard: [signal] }])
      expect(exitCode).toBe(3)
    },
  )

  it.skipIf(process.platform !== 'linux')('at a terminal gets Ctrl-C once, and not twice', async ({ skip }) => {
    if (spawnSync('script', ['--version']).status !== 0) return skip('needs script')
    const { environment } = await start()
    const command = ['exec', process.execPath, MAIN, 'exec', ...node('stay')].join(' ')
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      env: { PATH: process.env['PATH'], HOME: '/nowhere', SHELL: '/bin/sh', ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let written = ''
    const ended = new Promise<number | null>((resolve) => terminal.once('close', resolve))
    terminal.stdout.on('data', (bytes: Buffer) => {
      const wasReady = written.includes('"ready"')
      written += bytes.toString()
      if (!wasReady && written.includes('"ready"')) terminal.stdin.write('\x03')
    })
    expect(await ended).toBe(3)
    expect(written).toContain('{"heard":["SIGINT"]}')
  })

  it('that is killed by -9 leaves no identity behind, and is told by the exit code', async () => {
    const { authority, environment } = await start()
    const thief = await startThief()
    const { exitCode } = await exec(node('die', thief.url), environment).done
    expect([exitCode, await authority.mint(await thief.token)]).toEqual([128 + 9, 'refused_credential'])
  })

  it('is ended when its time is over', async () => {
    const { environment } = await start()
    const { exitCode, stderr } = await exec(['-e', '2s', ...node('stay')], environment).done
    expect([exitCode, stderr]).toEqual([124, 'writ: job: its time was over, so it was ended\n'])
  })

  it('whose writ is killed by -9 is ended, and has an identity for as long as was stated', async () => {
    const { authority, environment } = await start()
    const thief = await startThief()
    const { child, first, done } = exec(['-e', '1m', ...node('stay', thief.url)], environment)
    await first
    const token = await thief.token
    child.kill('SIGKILL')
    await once(child, 'exit')
    const { expiresAt = Number.POSITIVE_INFINITY } = await inspect(token)
    expect(expiresAt - Date.now() / 1000).toBeLessThanOrEqual(60)
    expect(await authority.mint(token)).toBe('allowed')
    // Its output ends when nobody holds it any more.
    expect((await done).stdout).toContain('{"heard":["SIGTERM"]}')
  })
})

describe.skipIf(process.platform === 'win32')('when writ exec cannot do its part', () => {
  it('it says which identity is good until when, and ends as the command did', async () => {
    const { authority, environment } = await start()
    const { child, first, done } = exec(['-e', '1m', ...node('stay')], environment)
    await first
    await authority.stop()
    child.kill('SIGTERM')
    const { exitCode, stderr } = await done
    expect(exitCode).toBe(3)
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toEqual([
      expect.stringMatching(
        /^writ: the authority did not answer: the identity ci:acme:job:\S+ could not be revoked, and is good until 2/,
      ),
      expect.stringMatching(
        /^writ: the authority did not answer: the identity ci:acme could not be revoked, and is good until 2/,
      ),
    ])
  })

  it('an authority that takes requests and never answers delays it by ten seconds, and it says so', async () => {
    const { url, key, secret, stop } = await startFrozen()
    const environment = { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: key, WRIT_SECRET: secret }
    const { child, first, done } = exec(node('stay'), environment)
    await first
    stop()
    const began = performance.now()
    child.kill('SIGTERM')
    const { exitCode, stderr } = await done
    expect([exitCode, stderr.match(/could not be revoked/g)?.length]).toEqual([3, 2])
    expect(performance.now() - began).toBeLessThan(15_000)
  })

  it('it can be interrupted while it waits for the authority', async () => {
    const { authority, environment } = await start()
    const { child, first, done } = exec(node('stay'), environment)
    await first
    await authority.stop()
    child.kill('SIGTERM')
    const again = setInterval(() => child.kill('SIGINT'), 500)
    const { exitCode, stderr } = await done
    clearInterval(again)
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/^writ: interrupted: the identity ci:acme:job:\S+ may be good until 2\S+Z\n$/)
  })

  it.each([
    ['nobody runs it', {}, node('exit', '0'), 125, /^writ: nobody is logged in/],
    ['there is no command', {}, [], 125, /^writ: needs an argument/],
    [
      'it has an unknown option',
      {},
      ['--token', 'secret-text', ...node('exit', '0')],
      125,
      /there is no such option: --token/,
    ],
    ['the depth is no number', {}, ['--max-depth', '-1', ...node('exit', '0')], 125, /--max-depth: must be a number/],
    [
      'no authority is named',
      { WRIT_IDENTITY: 'x', WRIT_PUBLIC_KEY: 'x' },
      node('exit', '0'),
      125,
      /^writ: key: cannot be read/,
    ],
    [
      'the identity is none',
      { WRIT_IDENTITY: 'nonsense' },
      node('exit', '0'),
      125,
      /^writ: the authority refuses|^writ: /,
    ],
  ] as const)('it ends with 125 if %s, and shows no secret', async (_what, environment, args, exitCode, message) => {
    const { authority } = await start()
    const known = { WRIT_AUTHORITY_URL: authority.url, WRIT_PUBLIC_KEY: authority.key }
    const ran = await exec(args, 'WRIT_IDENTITY' in environment ? { ...known, ...environment } : environment).done
    expect(ran).toMatchObject({ exitCode, stdout: '' })
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/secret-text|nonsense/)
  })

  it('a command that is not there or cannot be run is told as by a shell', async () => {
    const { authority, environment } = await start()
    const missing = await exec(['--', '/nowhere/at/all'], environment).done
    expect(missing).toEqual({ exitCode: 127, stdout: '', stderr: 'writ: the command cannot be run: ENOENT\n' })
    const file = join(await newFolder(), 'file')
    await writeFile(file, '')
    await chmod(file, 0o600)
    const again = { ...environment, WRIT_SECRET: await authority.secret() }
    const refused = await exec(['--', file], again).done
    expect(refused).toEqual({ exitCode: 126, stdout: '', stderr: 'writ: the command cannot be run: EACCES\n' })
  })

  it('the identity that it had for a command which was not run ends as well', async () => {
    const { authority, environment } = await start()
    const { exitCode, stderr } = await exec(['-e', '9h', ...node('exit', '0')], environment).done
    expect([exitCode, stderr]).toEqual([125, expect.stringMatching(/^writ: expiresIn: ends after the token/)])
    expect(await authority.revoked()).toBe(1)
  })

  it('an identity that may not be delegated runs nothing', async () => {
    const { authority, environment } = await start()
    const globex = { ...environment, WRIT_SECRET: await authority.secret('ci:globex') }
    const ran = await exec(node('print'), globex).done
    expect(ran).toEqual({ exitCode: 125, stdout: '', stderr: 'writ: identity: may not be delegated to jobs\n' })
  })

  it('its help is no failure', async () => {
    const { exitCode, stdout } = await exec(['--help'], {}).done
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('writ exec [options] -- <command> [arguments]')])
  })
})
