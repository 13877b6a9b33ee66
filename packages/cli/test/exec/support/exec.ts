import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { type ClientError, createClient } from '@writ/client'
import { onTestFinished } from 'vitest'
import { newFolder } from '../../support/run-writ.ts'

export const MAIN: string = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))
export const CHILD: string = fileURLToPath(new URL('child.mjs', import.meta.url))

const POLICY = `
[[objects]]
id = "ci:acme"
can_delegate = true
subordinates = "inherit"
identity = { ttl = 3600, delegatable = true }
capabilities = [{ target = "reports", operations = ["write"] }]

[[objects]]
id = "ci:globex"
`

export interface TestAuthority {
  readonly url: string
  readonly key: string
  secret(subject?: string): Promise<string>
  /** How a mint with an identity ends: `allowed`, or the code of the refusal. */
  mint(identity: string): Promise<string>
  /** How many entries its feed has. */
  revoked(): Promise<number>
  stop(): Promise<void>
}

export async function startAuthority(): Promise<TestAuthority> {
  const folder = join(await newFolder(), 'data')
  const limits = { credential: { burst: 1e6, perSecond: 1e6 } }
  const options = { folder, port: 0, initial: { policy: POLICY }, limits, report: () => undefined }
  let authority: ServedAuthority | undefined = await serveAuthority(options)
  const { url } = authority
  const key = await authority.publicKey()
  const stop = async () => {
    await authority?.close()
    authority = undefined
  }
  onTestFinished(stop)
  return {
    url,
    key,
    stop,
    async revoked() {
      const { entries } = (await (await fetch(`${url}/v1/revocations`)).json()) as { readonly entries: readonly [] }
      return entries.length
    },
    async secret(subject = 'ci:acme') {
      if (authority === undefined) throw new Error('the authority is stopped')
      return (await authority.enrol({ subject })).secret
    },
    async mint(identity) {
      const client = createClient({ url, keys: key, identity: () => identity })
      try {
        await client.mint({ target: 'reports', operation: 'write' })
        return 'allowed'
      } catch (error) {
        const { problem, code } = error as ClientError
        return problem ?? code
      } finally {
        client.close()
      }
    },
  }
}

/** An authority as a process of its own, which can be stopped in the middle of everything. */
export async function startFrozen() {
  const folder = await newFolder()
  await writeFile(join(folder, 'policy.toml'), POLICY)
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('@writ/authority/main'))], {
    env: { WRIT_DATA: folder, WRIT_POLICY: join(folder, 'policy.toml'), WRIT_ADMIN: 'ci:acme', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const { listening, publicKey, firstSecret } = JSON.parse(String(line))
  const secret = (await readFile(firstSecret, 'utf8')).trim()
  return { url: String(listening), key: String(publicKey), secret, stop: () => void child.kill('SIGSTOP') }
}

/** Takes what a compromised command sends. */
export async function startThief(): Promise<{ readonly url: string; readonly token: Promise<string> }> {
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

export interface Executed {
  readonly child: ChildProcess
  /** The first thing that it writes. */
  readonly first: Promise<string>
  readonly done: Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Runs `writ exec` as its users do. */
export function exec(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  stdin?: string,
): Executed {
  const child = spawn(process.execPath, [MAIN, 'exec', ...args], {
    env: { PATH: process.env['PATH'], HOME: '/nowhere', ...environment },
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(stdin)
  const written = Promise.all([text(child.stdout), text(child.stderr)])
  const first = once(child.stdout, 'data').then(([bytes]) => String(bytes))
  const done = once(child, 'close').then(async ([exitCode]) => {
    const [stdout, stderr] = await written
    return { exitCode, stdout, stderr }
  })
  return { child, first, done }
}

/** What runs the command for node. */
export const node = (...args: readonly string[]): readonly string[] => ['--', process.execPath, CHILD, ...args]
