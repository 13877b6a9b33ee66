import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Environment } from './run-service.ts'

const START_MS = 30_000
const STOP_MS = 2500

export interface ServiceProcess {
  readonly url: string
  /** The line that it printed when it listened. */
  readonly announced: Readonly<Record<string, unknown>>
  /** How the process ended, if it did so before it was told to: `exit code 1`. */
  endedEarly(): string | undefined
  /** Ends the process and returns what it has logged: one line of JSON an entry. */
  stop(): Promise<string>
}

/**
 * Starts a service as a process of its own on a free port:
 * `startService(import.meta.resolve('billing/main'), { WRIT_PUBLIC_KEY })`. It knows what `environment` says and nothing
 * of the environment of this process.
 */
export async function startService(main: string, environment: Environment): Promise<ServiceProcess> {
  const service = spawn(process.execPath, [fileURLToPath(main)], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // However this process ends, the service ends with it.
  const kill = () => void service.kill('SIGKILL')
  process.once('exit', kill)
  const log = text(service.stderr)
  const closed = once(service, 'close').finally(() => process.off('exit', kill))
  let stopping = false

  function endedEarly(): string | undefined {
    const { exitCode, signalCode } = service
    if (stopping || (exitCode === null && signalCode === null)) return undefined
    return signalCode ?? `exit code ${exitCode}`
  }

  async function stop(): Promise<string> {
    stopping ||= endedEarly() === undefined
    service.kill('SIGTERM')
    const timer = setTimeout(kill, STOP_MS)
    await closed
    clearTimeout(timer)
    return log
  }

  try {
    const announced = await announcedBy(service)
    return { url: String(announced['listening']), announced, endedEarly, stop }
  } catch (cause) {
    const how = endedEarly() ?? 'it did not say in time where it listens'
    throw new Error(`the service did not start (${how}): ${(await stop()).trimEnd()}`, { cause })
  }
}

/** The first line that the service prints. */
async function announcedBy(
  service: ChildProcess & { stdout: NodeJS.ReadableStream },
): Promise<Readonly<Record<string, unknown>>> {
  const lines = createInterface(service.stdout)
  const signal = AbortSignal.timeout(START_MS)
  const ended = once(service, 'close', { signal }).then(() => Promise.reject(new Error('it ended')))
  const [line] = (await Promise.race([once(lines, 'line', { signal }), ended])) as [string]
  return JSON.parse(line)
}
