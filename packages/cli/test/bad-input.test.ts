import { execFileSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { generateKeyPair, mintCapability } from '@writ/core'
import { describe, expect, it } from 'vitest'
import { NOW, newFolder, runWrit } from './support/run-writ.ts'

const { publicKey, privateKey } = await generateKeyPair()
const right = { subject: 'alice', resource: 'invoices', operation: 'read', now: () => NOW }
const token = await mintCapability(right, privateKey)
const environment = { WRIT_PUBLIC_KEY: publicKey, WRIT_PRIVATE_KEY: privateKey }

/** Every command that takes a token. */
const TAKES_TOKEN: readonly (readonly string[])[] = [
  ['attenuate', '-d', 'tenantId=acme'],
  ['delegate', '-i', 'agent:alice:job'],
  ['inspect'],
  ['verify', '-r', 'invoices', '-o', 'read'],
  ['verify', '-r', 'invoices', '-o', 'read', '--explain'],
  ['context', 'expose', '-x', 'pii:email', '--source', 'crm'],
]

const oneLine = (text: string) => /^writ: [^\n]+\n$/.test(text)

describe.each(TAKES_TOKEN)('writ %s %s', (...args) => {
  const given = (stdin: string | Readable | undefined, more: readonly string[] = [], other = environment) =>
    runWrit([...args, ...more], { environment: other, ...(stdin === undefined ? {} : { stdin }) })

  it.each([
    ['nothing', '', 'token: there is none'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln', 'token: this is a JWT, not a Writ token'],
    ['a private key', privateKey, 'token: this is a private key, not a token'],
    ['a public key', publicKey, 'token: this is a public key, not a token'],
    [
      'a PEM file',
      '-----BEGIN PRIVATE KEY-----\nMC4\n-----END PRIVATE KEY-----',
      'token: this is a PEM file, not a token',
    ],
  ])('refuses %s with one line and exit code 2', async (_name, stdin, message) => {
    expect(await given(stdin)).toEqual({ exitCode: 2, stdout: '', stderr: `writ: ${message}\n` })
  })

  it('refuses a token that was cut off', async () => {
    const { exitCode, stdout, stderr } = await given(token.slice(0, -40))
    if (args.includes('verify')) expect(exitCode).toBe(1)
    else {
      // Of a context the authority decides, and nobody is logged in.
      const expected = args.includes('context') ? 2 : 1
      expect({ exitCode, stdout, oneLine: oneLine(stderr) }).toEqual({ exitCode: expected, stdout: '', oneLine: true })
    }
  })

  it('asks for a token where stdin is a terminal', async () => {
    const { exitCode, stderr } = await given(undefined)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'writ: token: pipe one in, name a file with --token-file, or set WRIT_TOKEN\n',
    })
  })

  it('refuses a token on the command line, and does not repeat it', async () => {
    const { exitCode, stderr, stdout } = await given('', [token])
    expect(exitCode).toBe(2)
    expect(stdout + stderr).not.toContain(token.slice(0, 20))
    expect(stderr).toContain('never on the command line')
  })

  it('reads no more than it needs of an endless pipe', async () => {
    let read = 0
    const endless = new Readable({
      read() {
        read += 65_536
        this.push(Buffer.alloc(65_536, 'A'))
      },
    })
    const { exitCode, stderr } = await given(endless)
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'writ: stdin: longer than 65536 bytes\n' })
    expect(read).toBeLessThan(1_000_000)
  })

  it('refuses a folder, a missing file, a named pipe and bytes that are no text', async () => {
    const folder = await newFolder()
    await mkdir(join(folder, 'folder'))
    await writeFile(join(folder, 'bytes'), Buffer.from([0xff, 0xfe, 0x00]))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const [file, message] of [
      ['folder', 'folder: not a file'],
      ['missing', 'missing: there is no such file'],
      ['pipe', 'pipe: not a file'],
      ['bytes', 'bytes: not text'],
    ] as const) {
      const ran = await runWrit([...args, '--token-file', file], { folder, environment })
      expect(ran).toEqual({ exitCode: 2, stdout: '', stderr: `writ: ${message}\n` })
    }
  })
})

it('an argument of a command that takes no token names the option, and is not repeated', async () => {
  const file = await runWrit(['policy', 'lint', 'mine.toml'])
  expect(file).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'writ: takes no arguments, but options, such as -p policy.toml\n',
  })
  const { stderr } = await runWrit(['whoami', token])
  expect(stderr).toBe('writ: takes no arguments, but options; see its --help\n')
})

describe('keys', () => {
  it('a private key in a file that others can read is refused', async () => {
    const folder = await newFolder()
    const path = join(folder, 'key')
    await writeFile(path, privateKey)
    await chmod(path, 0o644)
    const args = ['mint', '-s', 'alice', '-r', 'invoices', '-o', 'read', '--private-key-file', 'key']
    const ran = await runWrit(args, { folder })
    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toContain('others can read the private key in it: chmod 600')
    await chmod(path, 0o600)
    expect((await runWrit(args, { folder })).exitCode).toBe(0)
  })

  it('a private key as --key is refused, and is not repeated', async () => {
    const { exitCode, stdout, stderr } = await runWrit(['inspect', '--key', privateKey], { stdin: token })
    expect(exitCode).toBe(2)
    expect(stdout + stderr).not.toContain(privateKey.slice(16, 40))
  })

  it('an option that does not exist is named without its value', async () => {
    const { exitCode, stderr } = await runWrit(['inspect', `--private-key=${privateKey}`])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'writ: there is no such option: --private-key. See writ --help\n',
    })
  })
})

describe('usage', () => {
  it('a label that comes twice is refused', async () => {
    const { exitCode, stderr } = await runWrit(['attenuate', '-d', 'tenantId=acme', '-d', 'tenantId=globex'], {
      stdin: token,
      environment,
    })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'writ: has a wrong value: -d, --designation <label. See writ --help\n',
    })
  })

  it('every command has help that fits a screen, with an example', async () => {
    const { stdout } = await runWrit(['--help'])
    expect(stdout.split('\n').length).toBeLessThanOrEqual(40)
    const names = [...stdout.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name as string)
    expect(names).toEqual(
      expect.arrayContaining(['init', 'keys', 'mint', 'attenuate', 'delegate', 'inspect', 'verify', 'policy']),
    )
    for (const name of names) {
      const help = (await runWrit([name, '--help'])).stdout
      expect(help.split('\n').length, name).toBeLessThanOrEqual(30)
      if (!['audit', 'context', 'mint', 'policy'].includes(name)) expect(help, name).toContain('Example:')
    }
  })

  it('says errors as JSON as well', async () => {
    const { stderr, exitCode } = await runWrit(['inspect', '--json'], { stdin: '' })
    expect(exitCode).toBe(2)
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'usage', message: 'token: there is none' } })
  })
})
