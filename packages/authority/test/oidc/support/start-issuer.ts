import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A real issuer in a process of its own. */
export interface TestIssuer {
  readonly url: string
  /** Signs claims, as they are, with the current key. */
  sign(claims: object, options?: { alg?: 'RS256' | 'ES256'; header?: object }): Promise<string>
  /** Replaces its keys. */
  rotate(): Promise<void>
  /** How it answers for its keys: `normal`, `down`, `silent`, `redirect`, `endless`, `no json`, `many`, `hundreds`. */
  answer(mode: string): Promise<void>
  /** How often its keys were asked for. */
  asked(): Promise<number>
  /** Its public RSA key, as PEM. */
  publicKey(): Promise<string>
  stop(): void
}

export async function startIssuer(): Promise<TestIssuer> {
  const path = fileURLToPath(new URL('issuer-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--no-warnings', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = line.toString().trim()
  const post = async (path: string, body: object = {}) => {
    const response = await fetch(`${url}/test/${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response.text()
  }
  const get = async (path: string) => (await fetch(`${url}/test/${path}`)).text()
  return {
    url,
    sign: (claims, options = {}) => post('sign', { claims, ...options }),
    rotate: async () => void (await post('rotate')),
    answer: async (mode) => void (await post(`mode/${mode}`)),
    asked: async () => (JSON.parse(await get('asked')) as { asked: number }).asked,
    publicKey: () => get('public-key'),
    stop: () => void child.kill(),
  }
}
