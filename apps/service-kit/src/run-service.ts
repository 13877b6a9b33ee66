import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Service {
  readonly name: string
  /** Where it listens unless `PORT` says otherwise. */
  readonly port: number
  /** The service as a server that does not listen yet. What it throws is printed, and ends the process with 1. */
  readonly create: (environment: Environment) => Server | Promise<Server>
}

/** Loopback only: a sample without TLS has no business on a network. */
const HOST = '127.0.0.1'
const GRACE_MS = 2000

/** Starts a service with what the environment says; when it listens, prints one line of JSON with its URL. */
export async function runService({ name, port, create }: Service): Promise<void> {
  try {
    const { PORT = String(port) } = process.env
    if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) throw new TypeError('PORT: must be a number from 0 to 65535')
    const server = await create(process.env)
    server.listen(Number(PORT), HOST)
    await once(server, 'listening')
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => shutDown(server))
    const listening = `http://${HOST}:${(server.address() as AddressInfo).port}`
    process.stdout.write(`${JSON.stringify({ listening })}\n`)
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

/** A variable that a service cannot do without. Throws a `TypeError` that names it. */
export function required(environment: Environment, name: string, what: string): string {
  const value = environment[name]
  if (!value) throw new TypeError(`${name}: must be ${what}`)
  return value
}

/** Requests under way are answered, but not for ever; then nothing is left to run and the process ends. */
function shutDown(server: Server): void {
  server.close()
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref()
}
