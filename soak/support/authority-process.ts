import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { fail } from './options.ts'

const MAIN = fileURLToPath(import.meta.resolve('@writ/authority/main'))

/** An authority in a process of its own. */
export interface AuthorityProcess {
  readonly url: string
  readonly publicKey: string
  /** Ends it at once, whatever it does. */
  kill(): Promise<void>
}

/** Starts an authority on a free port. What it prints on stderr is shown if it ends before it listens. */
export async function startAuthority(environment: Readonly<Record<string, string>>): Promise<AuthorityProcess> {
  const child: ChildProcess = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => void child.kill('SIGKILL')
  process.on('exit', stop)
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said = (said + chunk).slice(-2000)
  })
  const closed = once(child, 'close')
  const line = once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')
  const first = await Promise.race([line, closed.then(() => undefined)])
  if (first === undefined) fail('the authority does not start', { said })
  const { listening, publicKey } = JSON.parse(first?.[0] as string)
  return {
    url: listening,
    publicKey,
    async kill() {
      stop()
      process.off('exit', stop)
      await closed
    },
  }
}

/** Asks an authority; `undefined` if there was no answer. Each request comes from another address, so that none is limited. */
export async function ask(
  url: string,
  path: string,
  { token, body }: { readonly token?: string; readonly body?: object } = {},
  // biome-ignore lint/suspicious/noExplicitAny: answers have many forms
): Promise<{ readonly status: number; readonly body: any } | undefined> {
  try {
    const address = Array.from({ length: 4 }, () => 1 + Math.floor(Math.random() * 250)).join('.')
    const response = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'x-forwarded-for': address,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  } catch {
    return undefined
  }
}

/** The identity of the first administrator. */
export async function adminIdentity(url: string, folder: string): Promise<string> {
  const secret = (await readFile(`${folder}/first-secret`, 'utf8')).trim()
  const answer = await ask(url, '/v1/identities', { body: { secret } })
  if (answer?.status !== 200) fail('the first secret is refused', { answer })
  return answer?.body.identity
}
